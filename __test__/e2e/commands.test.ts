/**
 * Each command as a person runs it: in a pipe and in a pseudo-terminal, its help, its JSON against its
 * schema, and what it says of a wrong command line. What the commands answer in detail stands in
 * `__test__/cli`, what is on the screen in `terminal.test.ts`.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { realpathSync, rmSync } from "node:fs";
import { stripVTControlCharacters } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { allCommands } from "../../ts/cli/all-commands";
import { optionText } from "../../ts/cli/help";
import { optionsOf } from "../../ts/cli/shared-options";
import { unlikeSchema } from "../cli/support/json-schema";
import { INITIALIZE } from "../mcp/support/connect";
import { cli, type Ended, project, run } from "../support/program";
import { openTerminal, type Terminal } from "../support/terminal";

const SHOP = `
function total(cart) { return cart.items.reduce((sum, n) => sum + n, 0); }
function pay(cart) { if (total(cart) === 0) throw new RangeError("nothing to pay"); return total(cart); }
const cart = { items: [1, 2] };
pay(cart);
if (process.argv[2] === "fail") { cart.items = []; pay(cart); }
`;
const TICKS = `
const tick = (n) => n * 2;
let n = 0;
setInterval(() => tick(n++), 20);
`;
const COLUMNS = 60;

let folder: string;
let ticking: ChildProcess;
/** The process that ticks, and the runs of the shop: one that went well, one that failed. */
let ids: { readonly pid: string; readonly good: string; readonly bad: string };

const pipe = (...args: string[]): Ended => run(process.execPath, [cli, ...args], folder);
const terminal = (...args: string[]): Terminal =>
  openTerminal([process.execPath, cli, ...args], { cwd: folder, columns: COLUMNS });

beforeAll(async () => {
  folder = realpathSync(project({ "shop.js": SHOP, "ticks.js": TICKS }));
  for (const words of [[], ["fail"]]) {
    pipe("run", "--quiet", "--lines", "--values", "identity", "shop.js", ...words);
  }
  const { runs } = JSON.parse(pipe("list", "--runs", "--json").stdout) as {
    runs: { runId: string }[];
  };
  const [bad, good] = runs.map(({ runId }) => runId);
  ticking = spawn(process.execPath, [cli, "run", "--quiet", "ticks.js"], { cwd: folder });
  ids = { pid: await pidOfTicks(), good: good ?? "", bad: bad ?? "" };
});
afterAll(async () => {
  ticking.kill("SIGTERM");
  await new Promise((resolve) => void ticking.once("close", resolve));
  rmSync(folder, { recursive: true, force: true });
});

async function pidOfTicks(): Promise<string> {
  for (;;) {
    const { processes } = JSON.parse(pipe("status", "--json").stdout) as {
      processes: { pid: number; cwd: string }[];
    };
    const found = processes.find(({ cwd }) => cwd === folder);
    if (found) return String(found.pid);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** How a command is tried. */
interface Trial {
  readonly args: () => readonly string[];
  /** What it says then, on stdout or stderr. */
  readonly says: RegExp;
  /** Something that it cannot do, behind its name, and what it says of that. */
  readonly wrong: readonly [args: readonly string[], says: RegExp];
  /** What ends it in a terminal. */
  readonly keys?: string;
}

const pid = () => ["--pid", ids.pid];
const nobody = [["--pid", "999999999"], /There is no process 999999999/] as const;
const HELLO = `${INITIALIZE}\n`;
const TRIALS: Readonly<Record<string, Trial>> = {
  run: {
    args: () => ["shop.js"],
    says: /1 run, 7 calls, 0 exceptions → \.breadcrumb/,
    wrong: [["--timeout", "soon", "shop.js"], /--timeout must be a time/],
  },
  attach: {
    // It has probes: so it is asked by its control channel.
    args: () => [ids.pid, "--for", "200ms"],
    says: /calls recorded/,
    wrong: [["999999999"], /There is no process 999999999/],
  },
  status: { args: pid, says: /ticks\.js/, wrong: nobody },
  start: { args: pid, says: /2 of 2 functions with probes are captured/, wrong: nobody },
  stop: { args: pid, says: /nothing is captured/, wrong: nobody },
  dump: { args: pid, says: /it stores every trace/, wrong: nobody },
  list: {
    args: () => ["--run", ids.bad],
    says: /node shop\.js fail/,
    wrong: [["--since", "yesterday"], /--since is a time/],
  },
  show: {
    args: () => [`${ids.bad}-1`],
    says: /pay\(cart/,
    wrong: [["none"], /no trace "none"/],
  },
  view: {
    args: () => [ids.bad],
    says: /node shop\.js fail/,
    wrong: [["none"], /no trace "none"/],
    keys: "q",
  },
  stats: {
    args: () => [ids.bad],
    says: /an exception ended the process/,
    wrong: [["none"], /no run "none"/],
  },
  top: {
    args: () => ["--run", ids.bad],
    says: /total/,
    wrong: [["--sort", "size"], /--sort is one of/],
  },
  exceptions: {
    args: () => [],
    says: /RangeError: nothing to p/,
    wrong: [["--handled", "no"], /--handled is "caught"/],
  },
  tail: {
    args: () => {
      pipe("start", ...pid()); // Another test may have stopped it.
      return ["--limit", "1", "--function", "tick"];
    },
    says: /tick\(n: /,
    wrong: [["--filter", "n ="], /--filter/],
  },
  search: {
    args: () => ["nothing to pay"],
    says: /message/,
    wrong: [["x", "--in", "y"], /--in lists some of/],
  },
  follow: {
    args: () => ["1", "--run", ids.bad],
    says: /total|pay/,
    wrong: [["cart"], /object/],
  },
  query: {
    args: () => ["SELECT DISTINCT name FROM exceptions"],
    says: /RangeError/,
    wrong: [["SELEC"], /bad SQL/],
  },
  gaps: {
    args: () => ["--run", ids.good],
    says: /1 file recorded/,
    wrong: [["--run", "none"], /no run "none"/],
  },
  diff: {
    args: () => [ids.good, ids.bad],
    says: /First difference/,
    wrong: [["latest", "none"], /no trace "none"/],
  },
  export: {
    args: () => ["all.jsonl", "--overwrite"],
    says: /all\.jsonl/,
    wrong: [["all.xyz"], /--format is duckdb/],
  },
  mcp: {
    args: () => [],
    says: /"serverInfo":\{"name":"breadcrumb"/,
    wrong: [["--http", "x"], /--http is a port/],
    keys: `${HELLO}\u0003`,
  },
  prune: {
    args: () => ["--dry-run", "--max-runs", "1"],
    says: /would go/,
    wrong: [["--max-age", "old"], /--max-age is a time/],
  },
  compact: {
    args: () => [],
    says: /segment|Nothing to merge/,
    wrong: [["extra"], /too many arguments/],
  },
  recover: { args: () => [], says: /ecover|calls/, wrong: [["extra"], /too many arguments/] },
  doctor: { args: () => [], says: /run/, wrong: [["extra"], /too many arguments/] },
  migrate: { args: () => ["--dry-run"], says: /./, wrong: [["extra"], /too many arguments/] },
  init: {
    args: () => ["--dry-run", "--agent", "claude"],
    says: /\.mcp\.json \(new\)/,
    wrong: [["--agent", "none"], /--agent is of claude/],
  },
  config: { args: () => [], says: /BREADCRUMB_DIR|default/, wrong: [["set", "none", "1"], /none/] },
  completion: { args: () => ["bash"], says: /_breadcrumb/, wrong: [["cmd"], /bash/] },
};

test("every command is tried here", () => {
  const names = allCommands().map(({ name }) => name);
  expect(Object.keys(TRIALS).toSorted()).toEqual(names.toSorted());
});

describe.each(allCommands().map((command) => [command.name, command] as const))(
  "%s",
  (name, command) => {
    const trial = TRIALS[name] as Trial;
    const [wrong, says] = trial.wrong;

    test("in a pipe", () => {
      const args = [cli, name, ...trial.args()];
      const ended = run(process.execPath, args, folder, {}, name === "mcp" ? HELLO : "");
      expect(ended.status, ended.stderr).toBe(0);
      expect(ended.stdout + ended.stderr).toMatch(trial.says);
      expect(ended.stdout + ended.stderr).not.toContain("\u001B");
    });

    test("in a terminal", async () => {
      const screen = terminal(name, ...trial.args());
      if (name === "view") await screen.sees("? keys");
      if (trial.keys !== undefined) screen.type(trial.keys.replace("\u0003", ""));
      if (name === "mcp") {
        await screen.sees("serverInfo");
        screen.type("\u0003");
      }
      const { status, output } = await screen.ended();
      expect(status, output).toBe(0);
      expect(stripVTControlCharacters(output).replaceAll("\r\n", "\n")).toMatch(trial.says);
    });

    test.each(command.json === undefined ? [] : [trial])("its JSON fits its schema", ({ args }) => {
      const { status, stdout, stderr } = pipe(name, ...args(), "--json");
      expect(status, stderr).toBe(0);
      // One document; of what follows, a line for each.
      for (const line of stdout.trim().split("\n")) {
        expect(unlikeSchema(name, JSON.parse(line))).toEqual([]);
      }
    });

    test("its help", async () => {
      const piped = pipe(name, "--help");
      expect(piped).toMatchObject({ status: 0, stderr: "" });
      expect(piped.stdout).toContain(`Usage\n  breadcrumb ${name} `);
      for (const [option, spec] of Object.entries(optionsOf(command))) {
        expect(piped.stdout).toContain(`  ${optionText(option, spec)}`);
      }
      expect(pipe("help", name).stdout).toBe(piped.stdout);
      const { status, output } = await terminal(name, "--help").ended();
      expect(status).toBe(0);
      const words = (text: string) => text.trim().split(/\s+/);
      expect(words(stripVTControlCharacters(output))).toEqual(words(piped.stdout));
      for (const line of output.split("\r\n")) {
        // A command that is to be copied, and a long word, stay whole.
        if (!/^ *(?:breadcrumb |\S+$)/.test(line))
          expect(line.length, line).toBeLessThanOrEqual(COLUMNS);
      }
    });

    test("an option that there is not", async () => {
      const piped = pipe(name, "--frobnicate");
      expect(piped).toMatchObject({ status: 2, stdout: "" });
      expect(piped.stderr).toMatch(/^breadcrumb[^\n]*: unknown option --frobnicate[^\n]*\n$/);
      const { status, output } = await terminal(name, "--frobnicate").ended();
      expect(status).toBe(2);
      expect(output).toContain("unknown option --frobnicate");
    });

    test("what it cannot do", async () => {
      const piped = pipe(name, ...wrong);
      expect(piped).toMatchObject({ status: 2, stdout: "" });
      expect(piped.stderr).toMatch(/^breadcrumb[^\n]*: [^\n]+\n$/);
      expect(piped.stderr).toMatch(says);
      const { status, output } = await terminal(name, ...wrong).ended();
      expect(status).toBe(2);
      expect(output).toMatch(says);
      if (command.json === undefined) return;
      const { stderr } = pipe(name, ...wrong, "--json");
      expect(unlikeSchema("error", JSON.parse(stderr))).toEqual([]);
    });
  },
);

test("show --source: in a pipe, in a terminal, as JSON", async () => {
  const args = ["show", `${ids.bad}-1`, "--source"];
  const says = /^ +ran\n +1 +3 │ function pay\(cart\) \{/m;
  const piped = pipe(...args);
  expect(piped).toMatchObject({ status: 0, stderr: "" });
  expect(piped.stdout).toMatch(says);
  const { status, output } = await terminal(...args).ended();
  const shown = stripVTControlCharacters(output).replaceAll("\r\n", "\n");
  expect({ status, shown }).toEqual({ status: 0, shown: expect.stringMatching(says) });
  for (const line of shown.split("\n")) expect(line.length, line).toBeLessThanOrEqual(COLUMNS);
  expect(unlikeSchema("show", JSON.parse(pipe(...args, "--json").stdout))).toEqual([]);
  const unknown = pipe("show", `${ids.bad}-1#999`, "--source");
  expect(unknown).toMatchObject({ status: 2, stdout: "" });
  expect(unknown.stderr).toMatch(/has no call 999; show \S+ --ids lists its calls\n$/);
});
