/** Something to record for `main.mjs`: walks a tree, and fails on one of its leaves. */
"use strict";

const tree = { name: "root", children: [{ name: "a", children: [{ name: "b" }] }, { name: "" }] };

function visit(node) {
  if (node.name === "") throw new TypeError("a node without a name");
  return 1 + (node.children ?? []).reduce((sum, child) => sum + visit(child), 0);
}

function count(node) {
  try {
    return visit(node);
  } catch (error) {
    return error.message;
  }
}

console.log(count(tree), count(tree.children[0]));
