/** A parser reads itself, and a walk counts what it found. */
"use strict";
const { parse, tokenizer } = require("acorn");
const { readFileSync } = require("node:fs");

const source = readFileSync(require.resolve("acorn"), "utf8");
const counts = {};
(function walk(node) {
  if (Array.isArray(node)) return node.forEach(walk);
  if (typeof node?.type !== "string") return;
  counts[node.type] = (counts[node.type] ?? 0) + 1;
  Object.values(node).forEach((child) => typeof child === "object" && walk(child));
})(parse(source, { ecmaVersion: "latest", locations: true }));
console.log(counts, [...tokenizer(source, { ecmaVersion: 2022 })].length);
for (const broken of ["let let", "a => {", "class { }", "`${", "/(/"]) {
  try {
    parse(broken, { ecmaVersion: 2022 });
  } catch (error) {
    console.log(error.name, error.message, error.loc);
  }
}
