import { expect, test } from "vitest";
import { type Column, renderTable } from "../../ts/cli/table";

const COLUMNS: readonly Column[] = [
  { title: "n", right: true },
  { title: "extra", drop: 1 },
  { title: "name", shrink: "end" },
  { title: "path", shrink: "start" },
];
const ROWS = [
  ["1", "x", "a name that is long", "some/path/to/a/file.js:1"],
  ["10", "yy", "short", "b.js"],
];

test("columns are as wide as their cells", () => {
  expect(renderTable(COLUMNS, ROWS, Number.POSITIVE_INFINITY)).toEqual([
    " n  extra  name                 path",
    " 1  x      a name that is long  some/path/to/a/file.js:1",
    "10  yy     short                b.js",
  ]);
});

test("what may shrink shrinks, then what may go goes", () => {
  expect(renderTable(COLUMNS, ROWS, 44)).toEqual(
    [
      " n  extra  name             path",
      " 1  x      a name that is…  …o/a/file.js:1",
      "10  yy     short            b.js",
    ].map((line) =>
      expect.stringMatching(new RegExp(`^${line.slice(0, 12).replaceAll("…", ".")}`)),
    ),
  );
  for (const width of [44, 36, 30]) {
    for (const line of renderTable(COLUMNS, ROWS, width))
      expect(line.length).toBeLessThanOrEqual(width);
  }
  expect(renderTable(COLUMNS, ROWS, 30)[0]).not.toContain("extra");
});

function style(cell: string, row: number): string {
  return `<${cell}|${row}>`;
}

test("a column's style sees the laid out cell and its row", () => {
  expect(renderTable([{ title: "a", right: true, style }], [["1"], ["22"]], 80)).toEqual([
    " a",
    "< 1|0>",
    "<22|1>",
  ]);
});
