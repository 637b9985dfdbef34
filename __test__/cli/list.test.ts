import { beforeAll, expect, test } from "vitest";
import { newFolder, RUN_A, RUN_B, sampleStore } from "../query/support/sample-store";
import { call, StoreWriter } from "../query/support/store-writer";
import { runCli } from "./support/run-cli";

let dir: string;
beforeAll(async () => {
  ({ dir } = await sampleStore());
});

test("traces under their runs, newest first", async () => {
  const { code, stdout, stderr } = await runCli(["list", "--store", dir]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(stdout).toMatchInlineSnapshot(`
    "019bbbbb  node src/main.js
      2026-11-23 08:00:02.000  2 calls · running
      trace       began         time  calls  ended  function         where
      019bbbbb-1  08:00:02.000     –      2  open   (not ended yet)

    019aaaaa  node src/main.js
      2026-11-23 08:00:00.000  7 calls · 1 exception · 5 counted only · 1.00 s, exit 0
      trace       began            time  calls  ended              function  where
      019aaaaa-A  08:00:01.000  1.00 ms      1  returned           main      src/main.js:1
      019aaaaa-1  08:00:00.000  5.00 ms      6  returned, 1 threw  main      src/main.js:1

    "
  `);
});

test("a narrow terminal loses the ends of places, then columns, never the ids", async () => {
  const { stdout } = await runCli(["list", "--store", dir, "--run", "019a"], { columns: 55 });
  expect(stdout).toContain("019aaaaa-A");
  for (const line of stdout.split("\n").slice(2))
    expect(line.length, stdout).toBeLessThanOrEqual(55);
});

test("as JSON", async () => {
  const { stdout } = await runCli(["list", "--store", dir, "--json", "--limit", "1"]);
  const { traces, runs, nextCursor } = JSON.parse(stdout);
  expect(traces).toMatchObject([{ traceId: `${RUN_B}-1`, status: "open", calls: 2 }]);
  expect(runs).toMatchObject([{ runId: RUN_B, storedCalls: 2 }]);
  const next = await runCli(["list", "--store", dir, "--json", "--cursor", nextCursor]);
  expect(JSON.parse(next.stdout).traces).toHaveLength(2);
});

test("filters reach the store, and what is left out is said", async () => {
  const only = await runCli([
    "list",
    "--store",
    dir,
    "--function",
    "parse",
    "--min",
    "1ms",
    "--root",
    "m*",
  ]);
  expect(only.stdout).toContain("019aaaaa-1");
  expect(only.stdout).not.toContain("019aaaaa-A");
  const none = await runCli(["list", "--store", dir, "--function", "nobody"]);
  expect(none).toMatchObject({ code: 0 });
  expect(none.stdout).toMatch(/^no function "nobody" was recorded: /);
  const late = await runCli(["list", "--store", dir, "--since", "2027-01-01"]);
  expect(late.stdout).toBe("No such trace.\n");
  const one = await runCli(["list", "--store", dir, "--limit", "1"]);
  expect(one.stderr).toContain("the newest 1; --limit shows more");
});

test("--runs", async () => {
  const { stdout } = await runCli(["list", "--runs", "--store", dir]);
  expect(stdout.split("\n").map((line) => line.slice(0, 8))).toEqual([
    "run     ",
    "019bbbbb",
    "019aaaaa",
    "",
  ]);
  const json = JSON.parse(
    (await runCli(["list", "--runs", "--run", RUN_A, "--json", "--store", dir])).stdout,
  );
  expect(json).toMatchObject({
    runs: [{ runId: RUN_A, files: { instrumented: 1 } }],
    truncated: false,
  });
});

test("an empty store, and a run without calls", async () => {
  const empty = newFolder();
  const writer = await StoreWriter.create(empty);
  expect((await runCli(["list", "--store", empty])).stdout).toBe(
    "Nothing recorded yet: breadcrumb run <command>\n",
  );
  writer.run({ runId: "r1" });
  expect((await runCli(["list", "--store", empty])).stdout).toContain("No traces in 1 run");
});

test("what a program recorded cannot act on the terminal", async () => {
  const hostile = newFolder();
  const writer = await StoreWriter.create(hostile);
  writer.run({ runId: "r1", command: ["node", "\u001B[2J"] });
  await writer.segment({
    runId: "r1",
    calls: [
      call({
        function: "\u001B]0;title\u0007\u009B2J\nx",
        argument_count: null,
        arguments_json: '["\\u001b[31m\u009b"]',
      }),
    ],
  });
  for (const argv of [
    ["list"],
    ["list", "--runs"],
    ["show", "latest"],
    ["top"],
    ["query", "FROM calls"],
  ]) {
    const { stdout } = await runCli([...argv, "--store", hostile]);
    // oxlint-disable-next-line no-control-regex -- they are what is looked for
    expect(stdout).not.toMatch(/[\u0000-\u0009\u000B-\u001F\u007F-\u009F]/);
  }
});

test("a command without the folder that it ran in", async () => {
  const folder = newFolder();
  const writer = await StoreWriter.create(folder);
  const command = ["/usr/bin/node", "/app/src/main.js", "/app", "/application/x", "--in=/app/a"];
  writer.run({ runId: "r1", command, cwd: "/app" });
  writer.close();
  const { stdout } = await runCli(["list", "--runs", "--store", folder]);
  expect(stdout).toContain("  node src/main.js /app /application/x --in=/app/a\n");
  const { runs } = JSON.parse(
    (await runCli(["list", "--json", "--runs", "--store", folder])).stdout,
  );
  expect(runs[0].command).toEqual(command);
});
