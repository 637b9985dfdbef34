import * as fc from "fast-check";
import { expect, test } from "vitest";
import type { Span } from "../../ts/query/conditions";
import {
  comparerOf,
  compareFound,
  type Found,
  newestFirst,
  type Order,
} from "../../ts/query/newest-first";
import type { Segment } from "../../ts/query/segment-summary";
import { isoTime } from "../../ts/query/timestamps";

interface Held {
  readonly segment: Segment;
  readonly rows: readonly (Found & { readonly atNs: bigint })[];
}

const NOON = 1_795_420_800;
let next = 0;

/** A segment that says to have `count` rows and can be asked for some of them, by seconds. */
function held(seconds: readonly number[], count: number): Held {
  const rows = seconds.map((second) => ({
    startedAt: isoTime(NOON + second, 0),
    runId: "r",
    id: next++,
    atNs: BigInt(NOON + second) * 1_000_000_000n,
  }));
  const range = [Math.min(...seconds), Math.max(...seconds)].map((s) => (NOON + s) * 1e9);
  const tables = { calls: { path: "x", rows: count, bytes: 1 } };
  const segment = { name: String(next++), runs: [], tables, startedAtNs: range } as unknown;
  return { segment: segment as Segment, rows };
}

/** What a store of these answers, and the spans that were asked for. */
async function ask(store: readonly Held[], limit: number, order: Order) {
  const spans: Span[] = [];
  const found = await newestFirst({
    segments: store.map(({ segment }) => segment),
    limit,
    order,
    ask: async (chosen, span) => {
      spans.push(span);
      const { sinceNs = 0n, untilNs = 1n << 62n } = span;
      return store
        .filter(({ segment }) => chosen.has(segment))
        .flatMap(({ rows }) => rows)
        .filter(({ atNs }) => atNs >= sinceNs && atNs < untilNs)
        .toSorted(comparerOf(order))
        .slice(0, limit);
    },
  });
  return { ids: found.map(({ id }) => id), spans };
}

test("the first rows of all, however they lie in segments", async () => {
  const segments = fc.array(
    fc.tuple(
      fc.array(fc.integer({ min: 0, max: 50 }), { minLength: 1, maxLength: 8 }),
      fc.constantFrom(8, 200_000),
    ),
    { minLength: 1, maxLength: 12 },
  );
  await fc.assert(
    fc.asyncProperty(
      segments,
      fc.integer({ min: 1, max: 6 }),
      fc.constantFrom<Order>("newest", "oldest"),
      async (parts, limit, order) => {
        const all = parts.map(([seconds, count]) => held(seconds, count));
        const expected = all.flatMap(({ rows }) => rows).toSorted(compareFound);
        if (order === "oldest") expected.reverse();
        const { ids } = await ask(all, limit, order);
        expect(ids).toEqual(expected.slice(0, limit).map(({ id }) => id));
      },
    ),
  );
});

test("of many rows those at the end are asked first, and all only if they are not enough", async () => {
  const seconds = Array.from({ length: 160 }, (_, i) => i);
  const few = await ask([held(seconds, 160)], 5, "newest");
  expect(few.spans).toEqual([{}]);
  const many = await ask([held(seconds, 200_000)], 5, "newest");
  expect(many.spans).toHaveLength(1);
  expect(many.spans[0]?.sinceNs).toBeGreaterThan(BigInt(NOON + 148) * 1_000_000_000n);
  const oldest = await ask([held(seconds, 200_000)], 5, "oldest");
  expect(oldest.spans[0]?.untilNs).toBeLessThan(BigInt(NOON + 11) * 1_000_000_000n);
  const more = await ask([held(seconds, 200_000)], 50, "newest");
  expect(more.spans.slice(1)).toEqual([{}]);
  expect(more.ids).toHaveLength(50);
});
