import { afterEach, expect, test, vi } from "vitest";
import { tellSeconds } from "../../ts/mcp/tell-seconds";

afterEach(() => void vi.useRealTimers());

test("tells the seconds that have gone until it is ended", () => {
  vi.useFakeTimers();
  const told: unknown[][] = [];
  let seen = 0;
  const progress = (...words: unknown[]): void => void told.push(words);
  const end = tellSeconds({ progress }, 45, () => `${seen} rows`);
  vi.advanceTimersByTime(1000);
  seen = 3;
  vi.advanceTimersByTime(1000);
  end();
  vi.advanceTimersByTime(5000);
  expect(told).toEqual([
    [1, 45, "0 rows"],
    [2, 45, "3 rows"],
  ]);
});
