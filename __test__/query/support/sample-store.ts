/**
 * A small store that has one of everything.
 *
 *     const { dir } = await sampleStore();
 *
 * Run A (`019aaaaa-…`), ended: trace 1 is `main` → `load` → `parse`, which throws a SyntaxError that
 * `load` catches; then `add` three times. Trace 10 is `main` again, a millisecond later, returned
 * `undefined`. Run B (`019bbbbb-…`), running: calls of trace 1, whose root has no row yet.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";
import { call, exception, functionSums, NOON_NS, type Row, StoreWriter } from "./store-writer";

/** Id of the run that has ended. */
export const RUN_A = "019aaaaa-0000-7000-8000-00000000000a";
/** Id of the run that has not. */
export const RUN_B = "019bbbbb-0000-7000-8000-00000000000b";

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** A new folder for a store; it goes when the test file is done. */
export function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "breadcrumb-query-"));
  folders.push(folder);
  return join(folder, ".breadcrumb");
}

/** Calls of the first segment of run A. */
export const CALLS_A: readonly Row[] = [
  call({
    call_id: 1,
    function: "main",
    parameters: '["path"]',
    argument_count: null,
    arguments_json: '["a.json"]',
    result_integer: 3,
    duration_ns: 5_000_000,
    self_ns: 1_000_000,
    wait_ns: 2_000_000,
    started_at: NOON_NS + 123n,
  }),
  call({
    call_id: 2,
    root_id: 1,
    parent_id: 1,
    function: "load",
    file: "src/load.js",
    line: 7,
    depth: 1,
    parameters: '["path","options"]',
    argument_count: null,
    arguments_json: '["a.json",{"$class":"Options","strict":true}]',
    result_json: '{"$type":"undefined"}',
    duration_ns: 900_000,
    self_ns: 400_000,
    started_at: NOON_NS + 1_000n,
  }),
  call({
    call_id: 3,
    root_id: 1,
    parent_id: 2,
    function: "parse",
    file: "src/parse.js",
    line: 10,
    depth: 2,
    parameters: '["text"]',
    argument_count: null,
    arguments_json: '["{"]',
    status: "threw",
    exception_id: 1,
    duration_ns: 500_000,
    self_ns: 500_000,
    started_at: NOON_NS + 2_000n,
  }),
  ...[4, 5, 6].map((id) =>
    call({
      call_id: id,
      root_id: 1,
      parent_id: 1,
      function: "add",
      file: "src/add.js",
      line: 2,
      depth: 1,
      parameters: '["a","b"]',
      argument_count: 2,
      argument_0: id,
      argument_1: -1,
      result_integer: id - 1,
      duration_ns: 100,
      self_ns: 100,
      clock: "coarse",
      started_at: NOON_NS + BigInt(id) * 1_000_000n,
    }),
  ),
];

/** Makes the store. */
export async function sampleStore(): Promise<{ dir: string; writer: StoreWriter; base: string }> {
  const dir = newFolder();
  const writer = await StoreWriter.create(dir);
  writer.run({
    runId: RUN_A,
    launchId: "launch-1",
    counters: { recorded: 7, counted: 5, dropped: 0, exceptions: 1, bytes: 2048, segments: 2 },
  });
  const base = await writer.segment({
    runId: RUN_A,
    seq: 0,
    calls: CALLS_A,
    exceptions: [
      exception({
        call_id: 3,
        function: "parse",
        file: "src/parse.js",
        line: 10,
        name: "SyntaxError",
        message: "Unexpected end of JSON input",
        stack: "SyntaxError: Unexpected end of JSON input\n    at parse (src/parse.js:10:3)",
        thrown_at: NOON_NS + 400_000n,
      }),
    ],
    functions: [
      functionSums({ function: "main", wait_ns: 2_000_000, self_ns: 1_000_000 }, [5_000_000]),
      functionSums({ function: "load", file: "src/load.js", line: 7, self_ns: 400_000 }, [900_000]),
      functionSums({ function: "parse", file: "src/parse.js", line: 10, errors: 1 }, [500_000]),
      functionSums({ function: "add", file: "src/add.js", line: 2 }, [100, 100, 100]),
    ],
  });
  await writer.segment({
    runId: RUN_A,
    seq: 1,
    calls: [
      call({
        call_id: 10,
        parameters: '["path"]',
        argument_count: null,
        result_json: '{"$type":"undefined"}',
        duration_ns: 1_000_000,
        self_ns: 1_000_000,
        started_at: NOON_NS + 1_000_000_000n,
      }),
    ],
    functions: [functionSums({ function: "main" }, [1_000_000])],
    counts: [
      {
        thread_id: 0,
        function: "hot",
        file: "src/hot.js",
        line: 1,
        col: 1,
        from: NOON_NS,
        to: NOON_NS + 1_000_000n,
        counted: 5,
        dropped: 0,
      },
    ],
  });
  writer.run({
    runId: RUN_B,
    launchId: "launch-2",
    parentRunId: RUN_A,
    startedAt: "2026-11-23T08:00:02.000Z",
    endedAt: null,
    status: "running",
    exitCode: null,
    counters: { recorded: 2, counted: 0, dropped: 0, exceptions: 0, bytes: 100, segments: 1 },
  });
  await writer.segment({
    runId: RUN_B,
    calls: [2, 3].map((id) =>
      call({
        call_id: id,
        root_id: 1,
        parent_id: 1,
        depth: 1,
        function: "tick",
        started_at: NOON_NS + 2_000_000_000n + BigInt(id),
      }),
    ),
    functions: [functionSums({ function: "tick" }, [1000, 1000])],
  });
  return { dir, writer, base };
}
