import { expect, test } from "vitest";
import { Budget } from "../../ts/inspector/budget";

const SECOND = 1e9;
const MS = 1e6;
const none = { hits: 1e9, totalHits: 1e9, cpuMs: 1e9, pauseMs: 1e9, counts: false };
const unused = (): { second: number; hits: number } => ({ second: 0, hits: 0 });

test("a function has its hits in each second, and all have theirs together", () => {
  const budget = new Budget({ ...none, hits: 2, totalHits: 3 }, 5 * SECOND);
  const [a, b] = [unused(), unused()];
  const taken = [a, a, a, b, b].map((of) => budget.takesHit(of));
  expect(taken).toEqual([true, true, false, true, false]);
  expect([budget.hasHit(a), budget.hasHit(b), budget.hitsLeft]).toEqual([false, true, 0]);
  budget.at(6 * SECOND - 1);
  expect(budget.takesHit(b)).toBe(false);
  budget.at(6 * SECOND);
  expect([b, a, b].map((of) => budget.takesHit(of))).toEqual([true, true, true]);
});

test("there are no hits without time, which comes back evenly", () => {
  const budget = new Budget({ ...none, cpuMs: 30 }, SECOND);
  // Half a second's share at once, at most.
  expect(budget.timeLeft).toBe(15 * MS);
  budget.spend(21 * MS);
  expect(budget.takesHit(unused())).toBe(false);
  budget.at(1.2 * SECOND);
  expect([budget.timeLeft, budget.takesHit(unused())]).toEqual([0, false]);
  budget.at(1.3 * SECOND);
  expect([budget.timeLeft, budget.takesHit(unused())]).toEqual([3 * MS, true]);
  budget.at(9 * SECOND);
  expect(budget.timeLeft).toBe(15 * MS);
});

test("pauses have a time of their own, of which some is kept for exceptions", () => {
  const budget = new Budget({ ...none, pauseMs: 10 }, SECOND);
  const may = (): boolean[] => [
    budget.hasPausesToSpare(),
    budget.mayPause(),
    budget.mayPauseForThrow(),
  ];
  expect(may()).toEqual([true, true, true]);
  budget.paused(3 * MS);
  expect(may()).toEqual([false, true, true]);
  budget.paused(1 * MS);
  expect(may()).toEqual([false, false, true]);
  budget.paused(1 * MS);
  expect([...may(), budget.takesHit(unused())]).toEqual([false, false, false, true]);
  budget.at(1.2 * SECOND);
  expect(may()).toEqual([false, true, true]);
});

test("a place has a quarter of a function's hits for what is thrown there, and one at least", () => {
  for (const [hits, most] of [
    [20, 5],
    [1, 1],
  ] as const) {
    const budget = new Budget({ ...none, hits }, SECOND);
    const at = unused();
    const taken = (): number =>
      Array.from({ length: 9 }, () => budget.takesThrow(at)).filter(Boolean).length;
    expect(taken()).toBe(most);
    budget.at(2 * SECOND);
    expect([taken(), budget.hitsLeft]).toEqual([most, none.totalHits]);
  }
});

test("what is not bounded has no end, and what is 0 nothing", () => {
  const budget = new Budget({ ...none, cpuMs: Number.POSITIVE_INFINITY, pauseMs: 0 }, SECOND);
  budget.spend(9 * SECOND);
  budget.at(2 * SECOND);
  expect([budget.takesHit(unused()), budget.mayPause()]).toEqual([true, false]);
});
