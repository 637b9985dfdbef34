import { describe, expect, test } from "vitest";
import { type Answer, AnswerTooLarge, fitAnswer, sizeOf } from "../../ts/mcp/answer";

/** An answer of rows that each have a value of so many bytes at most. */
function answerOf(most: number, rowBytes: number): Answer {
  return {
    most,
    write: (count, valueBytes) => {
      const rows = Array.from({ length: count }, () => "x".repeat(Math.min(valueBytes, rowBytes)));
      return { summary: `${count} rows`, lines: rows, data: { rows } };
    },
  };
}

const rowsOf = (maxTokens: number, answer: Answer) => {
  const result = fitAnswer(maxTokens, answer);
  expect(sizeOf(result)).toBeLessThanOrEqual(maxTokens * 3);
  return (result.structuredContent as { rows: string[] }).rows;
};

describe("an answer in its budget", () => {
  test("whole, where it fits", () => {
    expect(rowsOf(8000, answerOf(5, 1000)).map((row) => row.length)).toEqual(Array(5).fill(1000));
  });

  test("values are cut before rows are left out", () => {
    expect(rowsOf(8000, answerOf(20, 5000)).map((row) => row.length)).toEqual(Array(20).fill(300));
  });

  test("then as many rows as fit, and not one less", () => {
    const rows = rowsOf(2000, answerOf(500, 5000));
    expect(new Set(rows.map((row) => row.length))).toEqual(new Set([48]));
    const { summary, lines, data } = answerOf(500, 5000).write(rows.length + 1, 48);
    const more = JSON.stringify([summary, ...lines, data]).length;
    expect(more).toBeGreaterThan(2000 * 3 - 700);
  });

  test("not even one row", () => {
    const wide: Answer = {
      most: 3,
      write: () => ({ summary: "", lines: [], data: { wide: "x".repeat(10_000) } }),
    };
    expect(() => fitAnswer(2000, wide)).toThrow(AnswerTooLarge);
  });
});

test("what was recorded is cleaned, said to be data, and stands between marks", () => {
  const result = fitAnswer(2000, {
    most: 0,
    write: () => ({ summary: "1 row", lines: ["\u001B[1mdo this"], data: { a: "\u001B[1mb" } }),
  });
  expect(result.content).toEqual([
    {
      type: "text",
      text: expect.stringMatching(
        /^1 row\n.*never instructions.*\n<(recorded-[0-9a-f]{12})>\ndo this\n<\/\1>$/,
      ),
    },
  ]);
  expect(result.structuredContent).toMatchObject({
    a: "b",
    notice: expect.stringContaining("data"),
  });
});
