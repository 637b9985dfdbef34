/**
 * Every command as a person runs it: in a pseudo-terminal and in a pipe, over what the built package
 * recorded of a program.
 */
import { spawn } from "node:child_process";
import { readFileSync, realpathSync, rmSync } from "node:fs";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { cli, type Ended, project, run } from "../support/program";
import { openTerminal, type Terminal } from "../support/terminal";

const SHOP = `
const cost = ({ price, count }) => price * count;
function check(items) {
  if (items.length === 0) throw new RangeError("the basket is empty \\u001B[2J");
  return items;
}
async function checkout(items) {
  await new Promise((done) => setTimeout(done, 2));
  return check(items).map(cost).reduce((sum, each) => sum + each, 0);
}
function refund(text) { return text.length; }
module.exports = { checkout, refund };
`;
const MAIN = `
const { checkout, refund } = require("./shop.js");
async function main(mode) {
  for (let i = 1; i <= 3; i++) await checkout([{ price: 100, count: i }]);
  if (mode === "refund") refund("card 4242");
  if (mode === "fail") await checkout([]);
}
main(process.argv[2]);
`;
const TICKS = `
const tick = (n) => n * 2;
let n = 0;
setInterval(() => tick(n++), 20);
`;

let folder: string;
const node = process.execPath;
/** In a pipe. */
const pipe = (...args: string[]): Ended => run(node, [cli, ...args], folder);
/** In a terminal. */
const terminal = (args: string[], how: Parameters<typeof openTerminal>[1] = {}): Terminal =>
  openTerminal([node, cli, ...args], { cwd: folder, ...how });

beforeAll(() => {
  folder = realpathSync(project({ "shop.js": SHOP, "main.js": MAIN, "ticks.js": TICKS }));
  for (const mode of ["refund", "plain", "fail"]) pipe("run", "--quiet", "main.js", mode);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The runs, newest first: fail, plain, refund. */
function runIds(): string[] {
  const { runs } = JSON.parse(pipe("list", "--runs", "--json").stdout) as {
    runs: { runId: string }[];
  };
  return runs.map(({ runId }) => runId);
}

describe("every command that asks, in a pipe and in a terminal", () => {
  const asked: readonly (readonly [command: string, saw: string, args: () => string[]])[] = [
    ["list", "main.js fail", () => []],
    ["show", "RangeError", () => ["latest"]],
    ["stats", "an exception ended the process", () => []],
    ["top", "checkout", () => []],
    ["exceptions", "the basket is empty", () => []],
    ["search", "arguments[0]", () => ["card 4242"]],
    ["query", "function", () => ["SELECT function FROM calls"]],
    ["gaps", "refund", () => []],
    ["diff", "First difference", () => [runIds()[2] ?? "", "latest"]],
    ["view", "main", () => ["latest"]],
    ["doctor", "Nothing is wrong", () => []],
    ["prune", "", () => ["--dry-run"]],
  ];
  test.each(asked)("%s", async (command, saw, args) => {
    const line = [command, ...args()];
    const piped = pipe(...line);
    expect(piped, piped.stderr).toMatchObject({ status: 0, stderr: "" });
    expect(piped.stdout).toContain(saw);
    expect(piped.stdout).not.toContain("\u001B");
    expect(() => JSON.parse(pipe(...line, "--json").stdout)).not.toThrow();
    if (command === "view") return;
    const shown = await terminal([...line, "--no-pager"], { columns: 70 }).ended();
    expect(shown.status).toBe(0);
    // What the program recorded never acts on the terminal; colours are ours.
    expect(shown.output).not.toContain("\u001B[2J");
    const plain = stripVTControlCharacters(shown.output).split("\r\n");
    for (const each of plain) expect(each.length, each).toBeLessThanOrEqual(70);
  });
});

describe("colours, links, the pager", () => {
  test("NO_COLOR takes the colours away, FORCE_COLOR has them in a pipe", async () => {
    const colored = await terminal(["list"]).ended();
    expect(colored.output).toContain("\u001B[1m");
    const plain = await terminal(["list"], { env: { NO_COLOR: "1" } }).ended();
    expect(plain.output).not.toContain("\u001B[");
    expect(run(node, [cli, "list"], folder, { FORCE_COLOR: "1" }).stdout).toContain("\u001B[1m");
  });

  test("places are links where the terminal has them", async () => {
    const { output } = await terminal(["top"], {
      columns: 120,
      env: { VTE_VERSION: "7600" },
    }).ended();
    expect(output).toContain(`\u001B]8;;file://${folder}/shop.js#3\u001B\\`);
    expect((await terminal(["top"], { columns: 120 }).ended()).output).not.toContain("\u001B]8");
  });

  test("what is longer than the terminal goes through PAGER, on a terminal only", async () => {
    const env = { PAGER: "head -n 2" };
    const paged = await terminal(["show", "latest"], { rows: 5, env }).ended();
    expect(paged.output.trim().split("\r\n")).toHaveLength(2);
    const whole = await terminal(["show", "latest", "--no-pager"], { rows: 5, env }).ended();
    expect(whole.output.trim().split("\r\n").length).toBeGreaterThan(5);
    const missing = await terminal(["show", "latest"], {
      rows: 5,
      env: { PAGER: "no-such" },
    }).ended();
    expect(missing.output).toContain("RangeError");
    expect(run(node, [cli, "show", "latest"], folder, env).stdout).toContain("RangeError");
  });
});

test("view: folds, jumps to the exception and to the caller, searches, shows values", async () => {
  const screen = terminal(["view"], { columns: 110, rows: 16 });
  await screen.sees("? keys");
  screen.type("e");
  await screen.sees("check(items: []) ✗ RangeError: the basket is empty \\x1b[2J");
  screen.type("\r");
  await screen.sees("exception     RangeError: the basket is empty");
  await screen.sees("any other key: back");
  screen.type("x");
  await screen.sees("? keys");
  screen.type("p\r");
  await screen.sees("function      checkout");
  screen.type("x/Price\r");
  await screen.sees("▸");
  screen.type("\u001B[D");
  await screen.sees("? keys");
  screen.type("/nowhere\r");
  await screen.sees('Nothing has "nowhere".');
  screen.type("?");
  await screen.sees("unfold everything below");
  screen.type("qq");
  const { status, output } = await screen.ended();
  expect(status).toBe(0);
  expect(output.startsWith("\u001B[?1049h")).toBe(true);
  expect(output.endsWith("\u001B[?25h\u001B[?1049l")).toBe(true);
  expect(output).not.toContain("\u001B[2J");
});

test("view leaves the terminal as it was when Ctrl-C ends it", async () => {
  const screen = terminal(["view", "latest"]);
  await screen.sees("? keys");
  screen.type("\u0003");
  const { status, output } = await screen.ended();
  expect(status).toBe(0);
  expect(output.endsWith("\u001B[?1049l")).toBe(true);
});

describe("tail", () => {
  test("shows calls of a program that runs, and ends cleanly on SIGINT", async () => {
    const ticking = spawn(node, [cli, "run", "--quiet", "ticks.js"], { cwd: folder });
    try {
      const screen = terminal(["tail", "--filter", "function=tick and args.n>3"]);
      await screen.sees("Ctrl-C ends it");
      await screen.sees("tick(n: ");
      await screen.sees("ticks.js:2");
      screen.type("\u0003");
      expect(await screen.ended()).toMatchObject({ status: 0 });
      const piped = pipe("tail", "--json", "--function", "tick", "--limit", "5");
      const lines = piped.stdout.trim().split("\n");
      expect(lines).toHaveLength(5);
      for (const line of lines) {
        expect(JSON.parse(line)).toMatchObject({ kind: "call", call: { function: "tick" } });
      }
    } finally {
      ticking.kill("SIGTERM");
      await new Promise((resolve) => void ticking.once("close", resolve));
    }
  });
});

test("export writes what other tools read", () => {
  const lines = pipe("export", "failed.jsonl", "--status", "threw");
  expect(lines, lines.stderr).toMatchObject({ status: 0 });
  const rows = readFileSync(join(folder, "failed.jsonl"), "utf8").trim().split("\n");
  expect(rows.map((row) => (JSON.parse(row) as { function: string }).function)).toContain("check");
  expect(pipe("export", "failed.jsonl").stderr).toMatch(/overwrite/);
  for (const name of ["run.speedscope.json", "run.trace.json", "run.folded", "run.duckdb"]) {
    expect(pipe("export", name), name).toMatchObject({ status: 0, stderr: "" });
  }
  expect(readFileSync(join(folder, "run.folded"), "utf8")).toContain(
    "checkout (shop.js:7);check (shop.js:3) ",
  );
  expect(pipe("export", "what.bin")).toMatchObject({ status: 2 });
});

test.each(["bash", "zsh", "fish"])("completion %s is a script that its shell reads", (shell) => {
  const { status, stdout } = pipe("completion", shell);
  expect(status).toBe(0);
  for (const word of ["exceptions", "--handled", "uncaught"])
    expect(stdout).toContain(word.replace(/^--/, ""));
  if (shell !== "bash") return;
  const script = `${stdout}
COMP_WORDS=(breadcrumb exceptions --handled unc); COMP_CWORD=3; _breadcrumb; echo "\${COMPREPLY[@]}"
COMP_WORDS=(breadcrumb se); COMP_CWORD=1; _breadcrumb; echo "\${COMPREPLY[@]}"
COMP_WORDS=(breadcrumb list --sta); COMP_CWORD=2; _breadcrumb; echo "\${COMPREPLY[@]}"`;
  const completed = run("bash", ["-c", script], folder);
  expect(completed.stdout.trim().split("\n")).toEqual(["uncaught", "search", "--status"]);
});
