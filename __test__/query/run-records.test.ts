import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { openStore } from "../../ts/query/index";
import { parseRecord } from "../../ts/query/run-records";
import { RUN_A, RUN_B, sampleStore } from "./support/sample-store";

test("damaged records are named and skipped, their calls still answered", async () => {
  const { dir } = await sampleStore();
  writeFileSync(join(dir, "runs", `${RUN_A}.json`), '{"runId": "');
  writeFileSync(join(dir, "runs", "no-start.json"), '{"runId": "x"}');
  writeFileSync(join(dir, "runs", "null.json"), "null");
  await using store = await openStore(dir);
  expect((await store.runs()).map(({ runId }) => runId)).toEqual([RUN_B]);
  expect(store.problems()).toHaveLength(3);
  expect((await store.calls({ run: RUN_A })).items).toHaveLength(7);
  expect((await store.trace("019aa-1")).callCount).toBe(6);
  await expect(store.run(RUN_A)).rejects.toMatchObject({
    code: "BC_ERR_NOT_FOUND",
    message: expect.stringContaining("missing or damaged"),
  });
});

test("a record that is rewritten is read again", async () => {
  const { dir, writer } = await sampleStore();
  await using store = await openStore(dir);
  expect((await store.run(RUN_B)).status).toBe("running");
  writer.run({ runId: RUN_B, status: "crashed", signal: "SIGKILL", exitCode: null });
  expect(await store.run(RUN_B)).toMatchObject({ status: "crashed", signal: "SIGKILL" });
});

test("fields that a writer left out read as empty", () => {
  const record = parseRecord("r.json", '{"runId":"r","startedAt":"2026-11-23T08:00:00.000Z"}');
  expect(record).toMatchObject({
    command: [],
    status: "running",
    endedAt: null,
    exitCode: null,
    crashProof: false,
    counters: { recorded: 0, dropped: 0 },
    files: { instrumented: 0, leftAlone: [] },
  });
});

test("a newer record is refused", async () => {
  const { dir, writer } = await sampleStore();
  writer.run({ runId: "newer", schemaVersion: 99 });
  await using store = await openStore(dir);
  await expect(store.runs()).rejects.toMatchObject({ code: "BC_ERR_STORE_VERSION" });
});
