import { expect, test } from "vitest";
import { type IdRange, idRanges } from "../../ts/query/id-ranges";
import { Reader } from "../../ts/query/reader";
import { newFolder } from "./support/sample-store";
import { call, StoreWriter } from "./support/store-writer";

test("ranges leap over ids without calls, and cover the others once", async () => {
  const dir = newFolder();
  const writer = await StoreWriter.create(dir);
  writer.run({ runId: "r1" });
  const thread1 = 2 ** 40;
  const ids = [3, 4, 11, 12, 13, thread1 + 1, thread1 + 2];
  await writer.segment({
    runId: "r1",
    // The first call ends last, as `main` does: the range of this segment is everything.
    calls: ids.map((id) => call({ call_id: id, root_id: id === 13 ? 13 : 3 })),
  });
  const reader = new Reader(dir);
  reader.refresh();
  const found = async (column: "call_id" | "root_id", rootId?: number): Promise<IdRange[]> => {
    const ranges: IdRange[] = [];
    for await (const range of idRanges(reader, { runId: "r1", column, width: 5, rootId })) {
      ranges.push(range);
    }
    return ranges;
  };
  expect((await found("call_id")).map(({ first }) => first)).toEqual([3, 11, thread1 + 1]);
  expect((await found("call_id"))[0]).toEqual({ first: 3, last: 7 });
  expect((await found("call_id", 13)).map(({ first }) => first)).toEqual([13]);
  expect((await found("root_id")).map(({ first }) => first)).toEqual([3, 13]);
  expect(await found("root_id", 99)).toEqual([{ first: 99, last: 103 }]);
  await reader.close();
});
