import { expect, test } from "vitest";
import { openStore } from "../../ts/query/index";
import { RUN_A, RUN_B, sampleStore } from "./support/sample-store";
import { call } from "./support/store-writer";

test("tells what came, of which run, trace and function", async () => {
  const { dir, writer } = await sampleStore();
  await using store = await openStore(dir);
  const stop = new AbortController();
  const changes = store.changes({ pollMs: 20, signal: stop.signal });
  const next = changes.next();
  await writer.segment({
    runId: RUN_A,
    seq: 2,
    calls: [call({ call_id: 20, function: "late" })],
  });
  const { value: change } = await next;
  expect(change?.touchesRun(RUN_A)).toBe(true);
  expect(change?.touchesRun(RUN_B)).toBe(false);
  expect(change?.touchesRun("no such run")).toBe(false);
  expect(change?.mayTouchTrace(`${RUN_A}-K`)).toBe(true);
  expect(change?.mayTouchTrace(`${RUN_A}-1`)).toBe(false);
  expect(change?.mayTouchTrace("latest")).toBe(true);
  expect(change?.mayTouchTrace("nonsense")).toBe(false);
  expect(change?.mayTouchFunction("late")).toBe(true);
  expect(change?.hasNewRuns).toBe(false);

  const started = changes.next();
  writer.run({
    runId: "019ab9ff-0000-7000-8000-00000000000c",
    startedAt: "2026-11-23T09:00:00.000Z",
  });
  const { value: second } = await started;
  expect(second?.hasNewRuns).toBe(true);
  expect(second?.touchesRun("latest")).toBe(true);
  const end = changes.next();
  stop.abort();
  expect(await end).toEqual({ done: true, value: undefined });
});
