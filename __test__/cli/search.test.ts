import { beforeAll, expect, test } from "vitest";
import { RUN_A, sampleStore } from "../query/support/sample-store";
import { runCli } from "./support/run-cli";

let dir: string;
beforeAll(async () => {
  ({ dir } = await sampleStore());
});
const search = (...args: string[]) => runCli(["search", ...args, "--store", dir]);

test("a text, with where it stands", async () => {
  const { code, stdout } = await search("a.json");
  expect(code).toBe(0);
  expect(stdout).toMatchInlineSnapshot(`
    "2026-11-23 08:00:00.000  019aaaaa-1  call load  src/load.js:7
        arguments[0]  ["a.json",{"$class":"Options","strict":true}]
    2026-11-23 08:00:00.000  019aaaaa-1  call main  src/main.js:1
        arguments[0]  ["a.json"]
    "
  `);
});

test("a regular expression, in any case, in some fields", async () => {
  const { stdout } = await search("/unexpected .* of/i", "--in", "message");
  expect(stdout).toContain("exception parse  src/parse.js:10");
  expect(stdout).toContain("message  Unexpected end of JSON input");
  expect((await search("unexpected END", "-i")).stdout).toContain("exception parse");
  expect((await search("unexpected END")).stdout).toContain('"unexpected END" is nowhere');
});

test("as JSON, a page at a time", async () => {
  const first = await search("a.json", "--json", "--limit", "1");
  const page = JSON.parse(first.stdout) as { matches: unknown[]; nextCursor: string };
  expect(page.matches).toMatchObject([
    { kind: "call", traceId: `${RUN_A}-1`, function: "load", found: [{ path: "arguments[0]" }] },
  ]);
  const second = await search("a.json", "--json", "--cursor", page.nextCursor);
  expect(JSON.parse(second.stdout)).toMatchObject({
    matches: [{ function: "main" }],
    nextCursor: null,
  });
  expect((await search("a.json", "--limit", "1")).stderr).toContain("--limit shows more");
});

test("what is wrong", async () => {
  expect((await search("/(/")).stderr).toMatch(/^breadcrumb: .*[Rr]egular expression/);
  expect((await search("x", "--in", "nowhere")).stderr).toContain("message");
  expect((await search("a.json", "--function", "laod")).stdout).toBe(
    'no function "laod" was recorded: did you mean load?\n',
  );
});
