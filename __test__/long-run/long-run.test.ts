/**
 * The long run for some seconds: every call is known, and recording takes no more memory than it may. That
 * it does not grow is for `npm run test:long-run`, which goes on for ten minutes.
 */
import { beforeAll, describe, expect, test } from "vitest";
import { faultsOf } from "./faults-of.ts";
import { type Kind, type Outcome, runLoad } from "./run-load.ts";

const SECONDS: Readonly<Record<Kind, number>> = { plain: 4, keep: 8, overhead: 8 };

describe("a service under load", () => {
  let plain: Outcome;
  beforeAll(() => {
    plain = runLoad("plain", SECONDS.plain, process.execPath);
  });

  test.each(["keep", "overhead"] as const)("with %s", (kind) => {
    const outcome = runLoad(kind, SECONDS[kind], process.execPath);
    expect(faultsOf(outcome, { plain, isWarm: false })).toEqual([]);
    const { recorded = 0, counted = 0, dropped } = outcome.counters ?? {};
    expect([recorded > 0, counted > 10 * recorded, dropped]).toEqual([true, true, 0]);
  });
});
