import { expect, test } from "vitest";
import { openStore, type Store } from "../../ts/query/index";
import { newFolder, RUN_A, sampleStore } from "./support/sample-store";
import { exception, NOON_NS, StoreWriter } from "./support/store-writer";

test("an exception says what, where, when and who handled it", async () => {
  await using store = await openStore((await sampleStore()).dir);
  expect((await store.exceptions()).items).toEqual([
    {
      runId: RUN_A,
      exceptionId: 1,
      threadId: 0,
      callId: 3,
      traceId: `${RUN_A}-1`,
      function: "parse",
      file: "src/parse.js",
      line: 10,
      name: "SyntaxError",
      message: "Unexpected end of JSON input",
      stack: "SyntaxError: Unexpected end of JSON input\n    at parse (src/parse.js:10:3)",
      thrownAt: "2026-11-23T08:00:00.000400000Z",
      handled: "caught",
      calls: 1,
      thrownFrom: null,
      caughtBy: null,
      causeId: null,
      causes: [],
      errors: [],
      crossed: [],
    },
  ]);
});

test("filters and pages", async () => {
  const dir = newFolder();
  const writer = await StoreWriter.create(dir);
  writer.run({ runId: "r1" });
  await writer.segment({
    runId: "r1",
    exceptions: [1, 2, 3, 4, 5].map((id) =>
      exception({
        exception_id: id,
        name: id % 2 ? "TypeError" : "RangeError",
        message: `Broken no. ${id}`,
        handled: id === 5 ? "uncaught" : "caught",
        thrown_at: NOON_NS + BigInt(id > 3 ? 3 : id),
        ...(id === 1
          ? { call_id: null, root_id: null, function: null, file: null, line: null }
          : {}),
      }),
    ),
  });
  await using store = await openStore(dir);
  const ids = async (filter: Parameters<Store["exceptions"]>[0]) =>
    (await store.exceptions(filter)).items.map(({ exceptionId }) => exceptionId);
  expect(await ids({})).toEqual([5, 4, 3, 2, 1]);
  expect(await ids({ name: "Type*" })).toEqual([5, 3, 1]);
  expect(await ids({ message: "NO. 4" })).toEqual([4]);
  expect(await ids({ handled: "uncaught" })).toEqual([5]);
  expect(await ids({ until: "2026-11-23T08:00:00.000000002Z" })).toEqual([1]);
  expect(await ids({ function: "main", name: "RangeError" })).toEqual([4, 2]);
  const first = await store.exceptions({ limit: 2 });
  expect(await ids({ limit: 2, cursor: first.nextCursor! })).toEqual([3, 2]);
  expect((await store.exceptions({ name: "TypeError" })).items.at(-1)).toMatchObject({
    callId: null,
    traceId: null,
    function: null,
  });
  await expect(store.exceptions({ handled: "maybe" as "caught" })).rejects.toMatchObject({
    code: "BC_ERR_BAD_OPTION",
  });
});
