import { expect, test } from "vitest";
import { inspectorBudget } from "../../ts/options/inspector";

test("it is off unless it is asked for, and what is not given has a default", () => {
  const defaults = { hits: 20, totalHits: 100, cpuMs: 30, pauseMs: 30, counts: false };
  expect(inspectorBudget(true)).toEqual(defaults);
  expect(inspectorBudget({ hits: 0 })).toEqual({ ...defaults, hits: 0 });
  expect(inspectorBudget({ counts: true })).toEqual({ ...defaults, counts: true });
  expect([inspectorBudget(undefined), inspectorBudget(false)]).toEqual([null, null]);
});

test.each([
  [{ hit: 1 }, 'Unknown option "inspector.hit"'],
  [{ pauseMs: -1 }, '"inspector.pauseMs" must be a number from 0 on; got -1'],
  [{ hits: Number.NaN }, '"inspector.hits" must be a number from 0 on; got NaN'],
  [{ counts: 1 }, '"inspector.counts" must be a boolean; got number'],
  ["on", 'Option "inspector" must be an object or a boolean; got string'],
])("%j is refused", (given, message) => {
  expect(() => inspectorBudget(given as never)).toThrow(message);
});
