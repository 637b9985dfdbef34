import { expect, test } from "vitest";
import { Budget } from "../../ts/inspector/budget";

const SECOND = 1e9;

test("a function has its hits in each second, and all have theirs together", () => {
  const budget = new Budget({ hits: 2, totalHits: 3, pauseMs: 0 });
  const [a, b] = [
    { second: 0, hits: 0 },
    { second: 0, hits: 0 },
  ];
  expect(budget.begins(5 * SECOND)).toBe(true);
  expect([a, a, a, b, b].map((of) => budget.takesHit(of))).toEqual([
    true,
    true,
    false,
    true,
    false,
  ]);
  expect(budget.begins(6 * SECOND - 1)).toBe(false);
  expect(budget.takesHit(b)).toBe(false);
  expect(budget.begins(6 * SECOND)).toBe(true);
  expect([b, a, b].map((of) => budget.takesHit(of))).toEqual([true, true, true]);
});

test("pauses have so much time in each second", () => {
  const budget = new Budget({ hits: 1, totalHits: 1, pauseMs: 30 });
  budget.begins(SECOND);
  budget.paused(29e6);
  expect(budget.mayPause()).toBe(true);
  budget.paused(1e6);
  expect(budget.mayPause()).toBe(false);
  budget.begins(3 * SECOND);
  expect(budget.mayPause()).toBe(true);
});
