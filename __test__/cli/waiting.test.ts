import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { PATIENCE_MS, Waiting } from "../../ts/cli/waiting";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test("says nothing for a second, then what it waits for, and takes it back", () => {
  const shown: string[] = [];
  const waiting = new Waiting((text) => shown.push(text));
  waiting.begin("reading the store");
  shown.length = 0;
  vi.advanceTimersByTime(PATIENCE_MS - 1);
  expect(shown).toEqual([]);
  vi.advanceTimersByTime(2000);
  expect(shown.length).toBeGreaterThan(5);
  expect(shown.at(-1)).toMatch(/^. reading the store \(2 s\)$/);
  waiting.end();
  expect(shown.at(-1)).toBe("");
  const before = shown.length;
  vi.advanceTimersByTime(5000);
  expect(shown).toHaveLength(before);
});
