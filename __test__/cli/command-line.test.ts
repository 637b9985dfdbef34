import { rmSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import packageJson from "../../package.json" with { type: "json" };
import { RUN_A, sampleStore } from "../query/support/sample-store";
import { runCli } from "./support/run-cli";

let dir: string;
beforeAll(async () => {
  ({ dir } = await sampleStore());
});
afterEach(() => vi.unstubAllEnvs());

test.each([
  ["list"],
  ["list", "--runs"],
  ["show", "019a-1"],
  ["show", "019a-1", "--depth", "1"],
  ["stats", "019a"],
  ["top"],
  ["query", "SELECT * FROM calls"],
  ["query", "SELECT function, file, line FROM calls"],
])("%j fits a terminal of 40 columns", async (...argv) => {
  vi.stubEnv("COLUMNS", undefined);
  const { stdout } = await runCli([...argv, "--store", dir], { columns: 40 });
  const isSentence = (line: string) =>
    /^ {2}(?:[✗!·]|breadcrumb) |^ {6}breadcrumb |: --/.test(line);
  const long = stdout.split("\n").filter((line) => line.length > 40 && !isSentence(line));
  expect(long).toEqual([]);
});

describe("help", () => {
  test.each([[[]], [["--help"]], [["-h"]], [["help"]], [["help", "help"]]])("%j", async (argv) => {
    const { code, stdout, stderr } = await runCli(argv);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    for (const word of [
      "run <command…>",
      "list",
      "show <trace>",
      "top",
      "exceptions",
      "query",
      "recover",
      "--json",
    ]) {
      expect(stdout).toContain(word);
    }
  });

  test.each(["list", "show", "top", "exceptions", "query"])("of %s", async (name) => {
    const { code, stdout } = await runCli([name, "--help"]);
    expect(code).toBe(0);
    expect(stdout).toContain(`breadcrumb ${name}`);
    expect(stdout).toContain("Examples");
    expect(stdout).toContain("--store <dir>");
    expect((await runCli(["help", name])).stdout).toBe(stdout);
    expect((await runCli(["--help", name])).stdout).toBe(stdout);
  });

  test("lines fit a usual terminal", async () => {
    const texts = await Promise.all(
      [
        ["--help"],
        ["list", "-h"],
        ["show", "-h"],
        ["top", "-h"],
        ["exceptions", "-h"],
        ["query", "-h"],
      ].map(async (argv) => (await runCli(argv)).stdout),
    );
    for (const line of texts.join("\n").split("\n"))
      expect(line.length, line).toBeLessThanOrEqual(110);
  });

  test.each(["--version", "-v"])("%s", async (flag) => {
    expect((await runCli([flag])).stdout).toBe(`${packageJson.version}\n`);
  });
});

describe("command lines that are wrong: one line, exit code 2", () => {
  test.each([
    [["lst"], 'did you mean "breadcrumb list"?'],
    [["exeptions"], 'did you mean "breadcrumb exceptions"?'],
    [["app.js"], 'did you mean "breadcrumb run app.js"?'],
    [["frobnicate"], "unknown command"],
    [["constructor"], "unknown command"],
    [["--verson"], "did you mean --version?"],
    [["list", "--stauts", "threw"], "did you mean --status?"],
    [["list", "--frobnicate"], "unknown option --frobnicate"],
    [["list", "--constructor"], "unknown option --constructor"],
    [["list", "-x"], "unknown option -x"],
    [["list", "--limit"], "--limit needs a value"],
    [["list", "--limit", "0"], "--limit is a whole number"],
    [["list", "--limit", "ten"], "--limit is a whole number"],
    [["list", "--json=yes"], "--json takes no value"],
    [["list", "extra"], 'too many arguments: "extra"'],
    [["list", "--since", "yesterday"], "--since is a time such as"],
    [["list", "--since", "2026-99-99"], "--since is no time"],
    [["list", "--min", "5"], "--min is a time such as"],
    [["list", "--status", "failed"], '--status is "returned" or "threw" or "open"'],
    [["list", "--run", "zzz"], 'no run "zzz"'],
    [["list", "--cursor", "zzz"], "cursor"],
    [["show"], "it needs <trace>"],
    [["show", "zzz"], 'no trace "zzz"'],
    [["show", "latest", "--depth", "-1"], "--depth"],
    [["show", RUN_A], "it is a run"],
    [["top", "--sort", "size"], "--sort is one of self"],
    [["exceptions", "--handled", "maybe"], '--handled is "caught"'],
    [["query"], "it needs"],
    [["query", "SELECT", "1"], "put quotes around the query"],
    [["query", "SELEC 1"], "bad SQL: syntax error"],
    [["query", "DROP VIEW calls"], "read-only"],
    [["query", "SELECT 1", "--timeout", "soon"], "--timeout"],
    [["help", "frobnicate"], "unknown command"],
  ])("%j", async (argv, message) => {
    const { code, stdout, stderr } = await runCli([
      ...argv,
      ...(argv[0] === "help" ? [] : ["--store", dir]),
    ]);
    expect(stderr).toContain(message);
    expect(stderr).toMatch(/^breadcrumb: [^\n]+\n$/);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  });

  test("a missing store", async () => {
    const { code, stderr } = await runCli(["list", "--store", "/nonexistent"]);
    expect(code).toBe(2);
    expect(stderr).toMatch(
      /^breadcrumb: no store in \/nonexistent: record one with "breadcrumb run/,
    );
  });

  test("--json does not change how errors are told", async () => {
    const { code, stdout, stderr } = await runCli(["show", "zzz", "--json", "--store", dir]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain("no trace");
  });
});

describe("the store", () => {
  test("is named by --store before or behind the command, or BREADCRUMB_DIR", async () => {
    const expected = (await runCli(["list", "--store", dir])).stdout;
    expect(expected).toContain("019aaaaa-1");
    expect((await runCli(["--store", dir, "list"])).stdout).toBe(expected);
    expect((await runCli(["list", `--store=${dir}`])).stdout).toBe(expected);
    vi.stubEnv("BREADCRUMB_DIR", dir);
    expect((await runCli(["list"])).stdout).toBe(expected);
  });

  test("files that were skipped are named and counted in one line, unless --quiet", async () => {
    const damaged = await sampleStore();
    truncateSync(`${damaged.base}-calls.parquet`, 5);
    const one = await runCli(["list", "--store", damaged.dir]);
    expect(one.code).toBe(0);
    expect(one.stdout).toContain("019aaaaa-A");
    expect(one.stdout).not.toContain("019aaaaa-1");
    expect(one.stderr).toBe(
      `breadcrumb: skipped a file of the store (${damaged.base}-calls.parquet has 5 bytes where its summary says ${one.stderr.match(/says (\d+)/)?.[1]}); the rest is answered\n`,
    );
    writeFileSync(join(damaged.dir, "runs", "notes.txt"), "");
    expect((await runCli(["list", "--store", damaged.dir])).stderr).toContain("skipped 2 files");
    const quiet = await runCli(["list", "--quiet", "--store", damaged.dir]);
    expect(quiet).toMatchObject({ code: 0, stderr: "" });
    rmSync(damaged.dir, { recursive: true });
  });
});
