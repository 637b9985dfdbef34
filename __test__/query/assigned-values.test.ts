import { expect, test } from "vitest";
import { assignedText, assignedValues, assignmentsBeyond } from "../../ts/query/assigned-values";

const VARIABLES = [
  { line: 2, name: "sum", value: 0 },
  ...[5, 6, 7].map((value) => ({ line: 4, name: "sum", value })),
  { line: 4, name: "a.b", value: "x" },
  { line: 4, name: "sum", value: 99, leftOut: 40 },
  { line: 0, name: "", value: undefined, leftOut: 3 },
];

test("values stand by line and target: the first ones and the last", () => {
  const found = assignedValues({ variables: VARIABLES }, 3);
  expect(found).toEqual([
    { line: 2, name: "sum", values: [0], leftOut: 0 },
    { line: 4, name: "sum", values: [5, 6, 99], leftOut: 41 },
    { line: 4, name: "a.b", values: ["x"], leftOut: 0 },
  ]);
  expect(found.map((each) => assignedText(each, (value) => JSON.stringify(value)))).toEqual([
    "sum = 0",
    "sum = 5 → 6 → … → 99",
    'a.b = "x"',
  ]);
});

test("what a call has no room for is counted", () => {
  expect(assignmentsBeyond({ variables: VARIABLES })).toBe(3);
  expect(assignmentsBeyond({ variables: VARIABLES.slice(0, 4) })).toBe(0);
  expect(assignmentsBeyond({ variables: null })).toBe(0);
  expect(assignedValues({ variables: null }, 3)).toEqual([]);
});
