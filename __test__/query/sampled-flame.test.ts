import { expect, test } from "vitest";
import { type FlameFilter, foldedStacks, openStore, speedscopeProfile } from "../../ts/query/index";
import { newFolder } from "./support/sample-store";
import { NOON_NS, type Row, StoreWriter } from "./support/store-writer";

type Frame = readonly [string, string | null, number | null, number | null];
const frame = (name: string, line: number): Frame => [name, "src/a.js", line, 1];
const [MAIN, LOAD, PARSE] = [frame("main", 1), frame("load", 2), frame("parse", 3)];
const GC: Frame = ["(garbage collector)", null, null, null];

/** `stack`: the innermost first. */
function sample(stack: readonly Frame[], weight: number, row: Row = {}): Row {
  const known = stack.find(([, file]) => file !== null);
  return {
    thread_id: 0,
    kind: "cpu",
    from: NOON_NS,
    to: NOON_NS + 30_000_000_000n,
    function: known?.[0] ?? null,
    file: known?.[1] ?? null,
    line: known?.[2] ?? null,
    col: known?.[3] ?? null,
    samples: 2,
    weight,
    stack: JSON.stringify(stack),
    ...row,
  };
}

async function sampled(): Promise<string> {
  const dir = newFolder();
  const writer = await StoreWriter.create(dir);
  for (const runId of ["r1", "r2"]) writer.run({ runId });
  const samples = [
    sample([PARSE, LOAD, MAIN], 500),
    sample([PARSE, LOAD, MAIN], 200, {
      from: NOON_NS + 30_000_000_000n,
      to: NOON_NS + 40_000_000_000n,
    }),
    sample([LOAD, MAIN], 100),
    sample([GC], 50),
    sample([LOAD, MAIN], 4096, { kind: "heap" }),
  ];
  await writer.segment({ runId: "r1", samples });
  await writer.segment({ runId: "r2", samples: [sample([MAIN], 7)] });
  writer.close();
  return dir;
}

test("stacks are added up, over parts and runs, or some of them", async () => {
  await using store = await openStore(await sampled());
  const folded = async (filter: FlameFilter): Promise<string[]> =>
    foldedStacks(await store.flame({ samples: "cpu", ...filter }));
  const load = "main (src/a.js:1);load (src/a.js:2)";
  const first = [`${load} 100`, `${load};parse (src/a.js:3) 700`, "(garbage collector) 50"];
  expect(await folded({ run: "r1" })).toEqual(first);
  expect(await folded({})).toEqual(["main (src/a.js:1) 7", ...first]);
  expect(await folded({ samples: "heap" })).toEqual([`${load} 4096`]);
  expect(await folded({ run: "r1", since: new Date("2026-11-23T08:00:31Z") })).toEqual([
    `${load};parse (src/a.js:3) 200`,
  ]);
  expect(await folded({ run: "r1", focus: "lo*" })).toEqual([
    "load (src/a.js:2) 100",
    "load (src/a.js:2);parse (src/a.js:3) 700",
  ]);
  expect(await folded({ run: "r1", thread: 1 })).toEqual([]);
});

test("what is too deep, or too much, is in the node above", async () => {
  await using store = await openStore(await sampled());
  const flame = await store.flame({ samples: "cpu", run: "r1", maxLevels: 2 });
  expect(flame).toMatchObject({ calls: 8, folded: 4, truncated: false });
  expect(flame.root.value).toBe(850);
  expect(foldedStacks(flame)[0]).toBe("main (src/a.js:1);load (src/a.js:2) 800");
  const few = await store.flame({ samples: "cpu", run: "r1", maxNodes: 1 });
  expect(few.root).toMatchObject({ value: 850, selfNs: 50, calls: 8 });
});

test("speedscope has bytes, and no place of what is V8's own", async () => {
  await using store = await openStore(await sampled());
  const flame = await store.flame({ samples: "cpu", run: "r1" });
  const { shared, profiles } = speedscopeProfile(flame, "run", "bytes");
  expect(profiles[0]).toMatchObject({ unit: "bytes", endValue: 850 });
  expect(shared.frames).toContainEqual({ name: "(garbage collector)" });
});

test("what samples do not know is refused", async () => {
  await using store = await openStore(await sampled());
  const bad = { code: "BC_ERR_BAD_OPTION" };
  await expect(store.flame({ samples: "gpu" as never })).rejects.toMatchObject(bad);
  await expect(store.flame({ samples: "cpu", trace: "r1-1T" })).rejects.toMatchObject(bad);
  await expect(store.flame({ samples: "cpu", maxLevels: 0 })).rejects.toMatchObject(bad);
});
