import { beforeAll, expect, test } from "vitest";
import { summarizeLaunch } from "../../ts/cli/run-summary";
import { newFolder, sampleStore } from "../query/support/sample-store";
import { call, functionSums, NOON_NS, StoreWriter } from "../query/support/store-writer";

let dir: string;
beforeAll(async () => {
  ({ dir } = await sampleStore());
});

test("what a launch recorded, and where to look", async () => {
  const summary = await summarizeLaunch(dir, "launch-1", false);
  expect(summary!.replace(/→ \S+/, "→ DIR")).toMatchInlineSnapshot(`
    "breadcrumb: 1 run, 7 calls, 1 exception → DIR (2.05 kB)
      5 calls counted only
      hottest: main (src/main.js:1): 2.00 ms self, 6.00 ms total, 2 calls
               parse (src/parse.js:10): 500 µs self, 500 µs total, 1 call
               load (src/load.js:7): 400 µs self, 900 µs total, 1 call
      next: breadcrumb stats · breadcrumb show latest · breadcrumb top --run 019aaaaa · breadcrumb exceptions
    "
  `);
});

test("null where nothing was recorded", async () => {
  expect(await summarizeLaunch(dir, "another", false)).toBeNull();
  expect(await summarizeLaunch("/nonexistent", "launch-1", false)).toBeNull();
  const empty = newFolder();
  const writer = await StoreWriter.create(empty);
  writer.run({ runId: "r1", launchId: "l" });
  expect(await summarizeLaunch(empty, "l", false)).toBeNull();
});

test("several runs, drops, and what was still running when the time was up", async () => {
  const folder = newFolder();
  const writer = await StoreWriter.create(folder);
  const counters = { recorded: 2, counted: 0, dropped: 3, exceptions: 0, bytes: 10, segments: 1 };
  for (const runId of ["r1", "r2"]) {
    writer.run({
      runId,
      launchId: "l",
      status: "crashed",
      signal: "SIGKILL",
      counters,
      endedAt: "2026-11-23T08:00:10.000Z",
    });
    await writer.segment({
      runId,
      calls: [
        call({ status: "open", duration_ns: null }),
        call({
          call_id: 2,
          root_id: 1,
          parent_id: 1,
          depth: 1,
          function: "wait",
          status: "open",
          duration_ns: null,
          started_at: NOON_NS + 5_000_000_000n,
        }),
      ],
      functions: [functionSums({ open: 1, calls: 1 }, [])],
    });
  }
  const summary = await summarizeLaunch(folder, "l", true);
  expect(summary).toContain("2 runs, 4 calls, 0 exceptions, 2 crashed");
  expect(summary).toContain("6 calls DROPPED");
  expect(summary).toMatch(
    /still running: wait \(src\/main\.js:1\) for 5\.00 s\n {2}still running: main \(src\/main\.js:1\) for 10\.0 s/,
  );
});

test("what was counted only is not hot", async () => {
  const folder = newFolder();
  const writer = await StoreWriter.create(folder);
  const counters = { recorded: 0, counted: 3, dropped: 0, exceptions: 0, bytes: 10, segments: 1 };
  writer.run({ runId: "r1", launchId: "l", counters });
  await writer.segment({ runId: "r1", functions: [functionSums({ function: "f" }, [])] });
  writer.close();
  const summary = await summarizeLaunch(folder, "l", false);
  expect(summary).toContain("3 calls counted only");
  expect(summary).not.toContain("hottest");
});
