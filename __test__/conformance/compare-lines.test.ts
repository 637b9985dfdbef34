/** What the comparison of lines finds, on counts of V8's that are written down here. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { compareLines } from "./compare-lines.ts";
import { readV8Counts } from "./v8-counts.ts";

const folder = mkdtempSync(join(tmpdir(), "breadcrumb-lines-"));
afterAll(() => rmSync(folder, { recursive: true }));

const TEXT = `function f(a, c, d) {
  if (a) return;
  b = c || d;
  e();
}
`;
/** Ranges as V8 tells them of three calls: `e()` ran twice, and is told with the function's count. */
const RANGES = [
  [TEXT, 3],
  ["return;", 1],
  ["\n  b = c ", 2],
  ["|| d", 0],
] as const;
/** Line, column, and how often it ran. */
const RIGHT = [
  [2, 3, 3],
  [2, 10, 1],
  [3, 3, 2],
  [3, 12, 0],
  [4, 3, 2],
] as const;

function compared(rows: readonly (readonly [line: number, col: number, calls: number])[]) {
  const [file, counts] = [join(folder, "f.js"), join(folder, "counts.json")];
  writeFileSync(file, TEXT);
  const ranges = RANGES.map(([text, count]) => {
    const start = TEXT.indexOf(text);
    return [start, start + text.trimEnd().length, count];
  });
  writeFileSync(counts, JSON.stringify([{ path: file, script: "1", name: "f", ranges }]));
  const lines = rows.map(([line, col, calls]) => ({ file, line, col, name: "f", calls }));
  return compareLines(readV8Counts(counts), lines, { moved: new Set(), clock: [] });
}

/** The right rows, but for that of a line. */
function but(wrong: number, calls: number) {
  return RIGHT.map(([line, col, right]) => [line, col, line === wrong ? calls : right] as const);
}

describe("lines against V8's counts", () => {
  it("are equal where V8 tells the function's count behind an operator", () => {
    const { differences, text } = compared(RIGHT);
    expect(differences).toEqual([]);
    expect(text).toBe("5 lines, 1 by another counter, aside: none");
  });

  it.each([
    ["too seldom", 1],
    ["too often", 3],
  ])("differ where a line is told %s that V8 tells by another counter", (_name, calls) => {
    expect(compared(but(4, calls)).differences).toEqual([
      `line ${join(folder, "f.js")}:4:3 of f (behind, which ran 2): ${calls} in the store; V8 tells 3 of function, which ran 3`,
    ]);
  });

  it.each([1, 3])("differ where a line that V8 tells is told %i times for 2", (calls) => {
    const { differences } = compared(but(3, calls));
    expect(differences).toContain(
      `line ${join(folder, "f.js")}:3:3 of f (behind): 2 times, ${calls} in the store`,
    );
  });

  it("are set aside where V8 tells their number at no line", () => {
    const { text } = compared(RIGHT.filter(([line]) => line !== 3));
    expect(text).toBe("2 lines, 0 by another counter, aside: 1 unseen");
  });
});
