import * as fc from "fast-check";
import { expect, test } from "vitest";
import { openStore } from "../../ts/query/index";
import { newFolder, RUN_A } from "./support/sample-store";
import { call, StoreWriter } from "./support/store-writer";

const LEVELS = 64;

test("the path of any call, however far apart those on it stand", async () => {
  /** How far behind the call before it a call stands, and which of those before is its caller. */
  const drawn = fc.array(fc.tuple(fc.integer({ min: 1, max: 9000 }), fc.nat()), { maxLength: 90 });
  await fc.assert(
    fc.asyncProperty(drawn, fc.boolean(), fc.nat(), async (steps, isChain, asked) => {
      const ids = [1];
      const parents = new Map<number, number | null>([[1, null]]);
      for (const [gap, choice] of steps) {
        const above = isChain ? ids.at(-1) : ids[choice % ids.length];
        const id = (ids.at(-1) ?? 0) + gap;
        ids.push(id);
        parents.set(id, above ?? null);
      }
      const dir = newFolder();
      const writer = await StoreWriter.create(dir);
      writer.run({ runId: RUN_A });
      const rows = ids.map((call_id) =>
        call({
          run_id: RUN_A,
          call_id,
          root_id: 1,
          parent_id: parents.get(call_id) ?? null,
          function: `f${call_id}`,
        }),
      );
      // Stored open first, in a segment of its own: each second one.
      const open = rows
        .filter((_, i) => i % 2 === 0)
        .map((row) => Object.assign({}, row, { status: "open", duration_ns: null }));
      await writer.segment({ runId: RUN_A, seq: 0, calls: open });
      await writer.segment({ runId: RUN_A, seq: 1, calls: rows });
      writer.close();
      await using store = await openStore(dir);
      const wanted = ids[asked % ids.length] ?? 1;
      const expected: string[] = [];
      for (let at: number | null = wanted; at !== null; at = parents.get(at) ?? null) {
        expected.unshift(`f${at}`);
      }
      const path = await store.callPath(RUN_A, wanted);
      expect(path.map((place) => place.function)).toEqual(expected.slice(-LEVELS));
    }),
    { numRuns: 25, seed: 11 },
  );
});
