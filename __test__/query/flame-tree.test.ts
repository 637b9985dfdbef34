import { expect, test } from "vitest";
import { FlameTree, TOP } from "../../ts/query/flame-tree";

const one = { selfNs: 1, durationNs: 2, errors: 0 };

test("calls of the same way share a node", () => {
  const tree = new FlameTree({ maxDepth: 2, maxNodes: 10 });
  const outer = tree.add(TOP, 7, one);
  expect(tree.add(TOP, 7, one)).toBe(outer);
  expect(tree.add(outer, 7, one)).not.toBe(outer);
  expect(tree.nodes[outer]).toMatchObject({ place: 7, calls: 2, selfNs: 2, durationNs: 4 });
});

test("a recursion that is too deep is counted as folded", () => {
  const tree = new FlameTree({ maxDepth: 1, maxNodes: 10 });
  const outer = tree.add(TOP, 7, one);
  expect(tree.add(outer, 7, one)).toBe(outer);
  expect(tree.nodes[outer]).toMatchObject({ calls: 1, selfNs: 2 });
  expect(tree.folded).toBe(1);
});
