import { beforeAll, expect, test } from "vitest";
import { sampleStore } from "../query/support/sample-store";
import { runCli } from "./support/run-cli";

let dir: string;
beforeAll(async () => {
  ({ dir } = await sampleStore());
});

test("what, where, when, in which trace", async () => {
  const { code, stdout } = await runCli(["exceptions", "--stack", "--store", dir]);
  expect(code).toBe(0);
  expect(stdout).toMatchInlineSnapshot(`
    "2026-11-23 08:00:00.000  caught  SyntaxError: Unexpected end of JSON input
        in parse (src/parse.js:10) · trace 019aaaaa-1
        at parse (src/parse.js:10:3)
    "
  `);
});

test("filters and JSON", async () => {
  const none = await runCli(["exceptions", "--name", "TypeError", "--store", dir]);
  expect(none).toMatchObject({ code: 0, stdout: "No exceptions.\n" });
  const json = JSON.parse(
    (await runCli(["exceptions", "--message", "json INPUT", "--json", "--store", dir])).stdout,
  );
  expect(json).toMatchObject({
    exceptions: [{ name: "SyntaxError", callId: 3 }],
    nextCursor: null,
  });
});

test("in a narrow terminal its sentences go on in the next line", async () => {
  const { stdout } = await runCli(["exceptions", "--store", dir], { columns: 40 });
  const [, ...below] = stdout.trimEnd().split("\n");
  expect(below.length).toBeGreaterThan(1);
  for (const line of below) {
    expect(line.length, line).toBeLessThanOrEqual(40);
    expect(line).toMatch(/^ {4}/);
  }
});
