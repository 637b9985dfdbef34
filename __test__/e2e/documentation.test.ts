/**
 * What the documents of the command line show, run: every example of every command in a shell, and the
 * transcripts of docs/cli.md over the sample store that they are of.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, readdirSync, readFileSync, realpathSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { allCommands } from "../../ts/cli/all-commands";
import { optionsOf } from "../../ts/cli/shared-options";
import { CONFIG_NAMES, CONFIG_OPTIONS } from "../../ts/options/config-options";
import { unlikeSchema } from "../cli/support/json-schema";
import { runCli } from "../cli/support/run-cli";
import { sampleStore } from "../query/support/sample-store";
import { cli, packageRoot, project, run } from "../support/program";

const APP = `
class Cart { add(n) { if (n < 0) throw new TypeError("unexpected end of cart"); return n; } }
const load = (name) => name + ".json";
const cart = new Cart();
load("a");
for (let i = -1; i < 9; i++) try { cart.add(i); } catch {}
`;
/** Follows what goes on, so something must. */
const TICKS = `
function tick(user) { const end = Date.now() + 7; while (Date.now() < end); if (user.id === 7) throw new Error("seven"); }
let n = 6;
setInterval(() => { try { tick({ user: 1, id: n++ % 2 + 6 }); } catch {} }, 20);
`;
let root: string;
let folder: string;
let ids: { run: string; trace: string; call: string };
const shell = (line: string, cwd = folder): ReturnType<typeof run> =>
  run("bash", ["-c", line], cwd, { PATH: `${join(root, "bin")}:${process.env["PATH"]}` });

beforeAll(() => {
  root = realpathSync(
    project({
      "app/app.js": APP,
      "app/ticks.js": TICKS,
      "app/server.js": APP,
      "app/question.sql": "SELECT 1",
      "app/package.json": JSON.stringify({ scripts: { test: "node app.js" } }),
      "bin/breadcrumb": `#!/bin/sh\nexec "${process.execPath}" "${cli}" "$@"\n`,
      "bin/node": `#!/bin/sh\nexec "${process.execPath}" "$@"\n`,
    }),
  );
  folder = join(root, "app");
  for (const name of ["breadcrumb", "node"]) chmodSync(join(root, "bin", name), 0o755);
  for (let i = 0; i < 2; i++) shell("breadcrumb run --quiet --lines app.js");
  const { traces } = JSON.parse(shell("breadcrumb list --json").stdout) as {
    traces: { runId: string; traceId: string }[];
  };
  const { runId, traceId } = traces[0] ?? { runId: "", traceId: "" };
  // A trace is named by its root.
  ids = {
    run: runId,
    trace: traceId,
    call: String(Number.parseInt(traceId.split("-").at(-1) ?? "", 36)),
  };
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** An example with ids of this store, in place of those that it shows. */
function ofThisStore(line: string): string {
  return line
    .replaceAll(/019[a-z0-9]{5}-[0-9A-Z]#\d+/g, `${ids.trace}#${ids.call}`)
    .replaceAll(/019[a-c]{5}-[0-9A-Z]\b/g, ids.trace)
    .replaceAll(/\b019[a-z0-9]{5}\b/g, ids.run);
}

describe.each(allCommands().map((command) => [command.name, command] as const))(
  "%s",
  (name, command) => {
    const lines = command.examples.map(([line]) => line);
    test.each(lines)("%s", async (line) => {
      if (name === "tail") return followed(line);
      if (["status", "start", "stop", "dump"].includes(name)) return live(line);
      if (name === "attach") return attached(line);
      if (line.includes("--http")) return served(line);
      // The shells that complete are not all here, and sourcing needs its own.
      if (name === "completion")
        return expect(shell(`breadcrumb ${/completion \w+/.exec(line)?.[0]}`).status).toBe(0);
      if (command.isStoreless) shell("rm -f breadcrumb.config.*");
      if (name === "config") shell("breadcrumb init --yes && breadcrumb config set all false");
      const { status, stderr } = shell(`${ofThisStore(line)} < question.sql`);
      expect(status, stderr).toBe(0);
      if (name !== "run") expect(stderr).toMatch(/^(?:breadcrumb: these are the newest .*\n)?$/);
    });
  },
);

/** A server listens until a signal; on any port, since others may have the one that is documented. */
async function served(line: string): Promise<void> {
  const words = line.replace(/\d+$/, "0").split(" ").slice(1);
  const server = spawn(process.execPath, [cli, ...words], { cwd: folder });
  const [said] = (await once(server.stderr, "data")) as [Buffer];
  expect(said.toString()).toContain("http://127.0.0.1:");
  server.kill("SIGTERM");
  expect(await once(server, "exit")).toEqual([0, null]);
}

async function followed(line: string): Promise<void> {
  const ticking = spawn(process.execPath, [cli, "run", "--quiet", "--no-config", "ticks.js"], {
    cwd: folder,
  });
  try {
    const [tail] = line.split(" |");
    const { status, stdout } = shell(`${tail} --limit 1`);
    if (tail?.includes("--json")) expect(unlikeSchema("tail", JSON.parse(stdout))).toEqual([]);
    expect({ status, lines: stdout.trim().split("\n").length }).toEqual({ status: 0, lines: 1 });
    expect(stdout).toMatch(/tick|anonymous/);
  } finally {
    ticking.kill("SIGTERM");
    await new Promise((resolve) => void ticking.once("close", resolve));
  }
}

/** About a process that runs, and about no other than this test's. */
async function live(line: string): Promise<void> {
  const args = [cli, "run", "--quiet", "--no-config", "--dormant", "ticks.js"];
  const ticking = spawn(process.execPath, args, { cwd: folder });
  try {
    const pid = await pidOf("ticks.js");
    const named = line.replace(/--pid 4711|--all/, `--pid ${pid}`);
    const whole = named.includes("--pid") ? named : `${named} --pid ${pid}`;
    const { status, stdout, stderr } = shell(whole);
    expect(status, stderr).toBe(0);
    expect(stdout).toContain(String(pid));
  } finally {
    ticking.kill("SIGTERM");
    await new Promise((resolve) => void ticking.once("close", resolve));
  }
}

/** To a process without us, for as long as a test can wait. */
async function attached(line: string): Promise<void> {
  const args = [
    "--inspect-port=0",
    ...(line.includes("--port") ? ["--inspect=0"] : []),
    "ticks.js",
  ];
  const ticking = spawn(process.execPath, args, { cwd: folder });
  try {
    let pidOrPort = String(ticking.pid);
    if (line.includes("--port")) {
      const [said] = (await once(ticking.stderr, "data")) as [Buffer];
      pidOrPort = /:(\d+)\//.exec(said.toString())?.[1] ?? "";
    }
    const named = line
      .replace(/\b(?:4711|9229)\b/, pidOrPort)
      .replace(/--include \S+/, "--include ticks.js")
      .replace(/(?: --for \S+)?$/, " --for 300ms");
    const { status, stdout, stderr } = shell(named);
    expect(status, stderr).toBe(0);
    expect(stdout).toContain(String(ticking.pid));
  } finally {
    ticking.kill("SIGTERM");
    await new Promise((resolve) => void ticking.once("close", resolve));
  }
}

/** The process of this test's store that runs a script. */
async function pidOf(script: string): Promise<number> {
  for (;;) {
    const { processes } = JSON.parse(shell("breadcrumb status --json").stdout) as {
      processes: { pid: number; store: string; command: string[] }[];
    };
    const found = processes.find(
      ({ store, command }) =>
        store === join(folder, ".breadcrumb") && command.at(-1)?.endsWith(script),
    );
    if (found) return found.pid;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

describe("what the documents name", () => {
  const documents = [
    "README.md",
    ...readdirSync(join(packageRoot, "docs")).map((name) => `docs/${name}`),
  ];
  test.each(documents.filter((name) => name.endsWith(".md")))(
    "%s: commands and options that there are",
    (name) => {
      const text = readFileSync(join(packageRoot, name), "utf8");
      const code = [...text.matchAll(/```[\s\S]*?```|`[^`\n]+`/g)].map(([span]) => span).join("\n");
      for (const [line, word = "", rest = ""] of code.matchAll(
        /\bbreadcrumb ([a-z]+)\b([^\n`#|]*)/g,
      )) {
        const command = allCommands().find((each) => each.name === word);
        if (word === "help") continue;
        expect(command, line).toBeDefined();
        const [own = ""] = rest.split(/ -- | \(|: | · /);
        for (const [option = ""] of command ? own.matchAll(/(?<=\s)--[a-z-]+/g) : []) {
          expect(Object.keys(command ? optionsOf(command) : {}), line).toContain(option.slice(2));
        }
      }
    },
  );
});

describe("what the documents leave out", () => {
  const read = (name: string) => readFileSync(join(packageRoot, name), "utf8");
  const namesIn = (text: string) => [...text.matchAll(/`([^`\s]+)`/g)].map(([, name = ""]) => name);

  test("no variable of the environment that options have", () => {
    const variables = CONFIG_NAMES.flatMap((name) => CONFIG_OPTIONS[name].env ?? []);
    const told = namesIn(read("docs/getting-started.md"));
    expect(variables.filter((name) => !told.includes(name))).toEqual([]);
  });

  test("no file of ts/query, and they name none that is not there", () => {
    const [table = ""] = read("docs/internal/query/implementation.md").split("In `ts/cli`");
    const told = namesIn(table).filter((name) => name.endsWith(".ts"));
    expect(told.toSorted()).toEqual(readdirSync(join(packageRoot, "ts/query")).toSorted());
  });

  test("no part of ts", () => {
    const parts = readdirSync(join(packageRoot, "ts")).map((name) => `ts/${name}`);
    const told = namesIn(read("ARCHITECTURE.md"));
    const entries = ["ts/index.ts"]; // What the package exports, nothing else.
    expect(parts.filter((name) => !told.includes(name) && !entries.includes(name))).toEqual([]);
  });
});

describe("the fields that --json is documented to have", () => {
  /** Arguments that a command cannot do without. */
  const needs: Readonly<Record<string, readonly string[]>> = {
    search: ["add"],
    follow: ["1"],
    diff: ["latest", "latest"],
    query: ["SELECT 1"],
    export: ["fields.jsonl"],
    init: ["--dry-run"],
    prune: ["--dry-run"],
    migrate: ["--dry-run"],
  };
  // What attach, start, stop and dump print is held against its schema where there is a process for them.
  const documented = allCommands().filter(
    ({ name, json }) =>
      json?.startsWith("`{") && !["attach", "start", "stop", "dump"].includes(name),
  );
  test.each(documented.map((command) => [command.name, command] as const))(
    "%s",
    (name, command) => {
      const fields = topLevel(command.json?.slice(2) ?? "");
      const words = needs[name] ?? [];
      const { stdout, stderr } = run(process.execPath, [cli, name, ...words, "--json"], folder);
      expect(stdout, stderr).not.toBe("");
      const document = JSON.parse(stdout) as object;
      expect(Object.keys(document).toSorted()).toEqual(fields.toSorted());
      expect(unlikeSchema(name, document)).toEqual([]);
    },
  );

  /** The names of `a, b: { c }, d }`, without what is inside others. */
  function topLevel(text: string): string[] {
    let depth = 0;
    let flat = "";
    for (const character of text) {
      if ("{[".includes(character)) depth += 1;
      else if ("}]".includes(character)) depth -= 1;
      else if (depth === 0) flat += character;
      if (depth < 0) break;
    }
    return flat.split(",").map((part) => part.replace(/:.*/s, "").trim());
  }
});

describe.each([
  ["README.md", ["run", "show", "exceptions"]],
  ["docs/lines.md", ["run", "show", "gaps"]],
  ["docs/variables.md", ["run", "show"]],
  ["docs/edges.md", ["run", "show"]],
])("%s", (name, commands) => {
  const text = readFileSync(join(packageRoot, name), "utf8");
  const files = [...text.matchAll(/```js\n\/\/ (\S+)\n([\s\S]*?)```/g)];
  const [, session = ""] = /```console\n(\$ npx breadcrumb run [\s\S]*?)```/.exec(text) ?? [];
  const steps = session.split(/^\$ npx /m).slice(1);

  const questions = [...text.matchAll(/```sql\n([\s\S]*?)```/g)].map(([, sql = ""]) => sql);
  let app: string;
  beforeAll(() => {
    app = realpathSync(
      project(Object.fromEntries(files.map(([, file = "", code = ""]) => [file, code]))),
    );
  });

  test("its session is what comes of it", () => {
    expect(steps.map((step) => step.split(/\s/, 2)[1])).toEqual(commands);
    for (const step of steps) {
      const [line = "", ...said] = step.split("\n");
      const { stdout } = shell(`${line} 2>&1`, app);
      expect(sameEachTime(stdout.replaceAll(`${app}/`, "")), line).toBe(
        sameEachTime(said.join("\n")),
      );
    }
  });

  test.each(questions)("%s", (sql) => {
    const { stdout, stderr } = run(process.execPath, [cli, "query", sql, "--json"], app);
    expect(stderr).toBe("");
    expect((JSON.parse(stdout) as { rows: unknown[] }).rows.length).toBeGreaterThan(0);
  });

  /** Without times, sizes and ids, and which functions were the hottest. */
  function sameEachTime(output: string): string {
    return output
      .replaceAll(/^ .* self, .* total, .*\n/gm, "")
      .replaceAll(/ *\b[\d.,]+ (?:ns|µs|ms|s|kB)\b/g, " <n>")
      .replaceAll(/\d{4}-\d\d-\d\d [\d:.]+/g, "<time>")
      .replaceAll(/\b01[0-9a-z]{6}\b/g, "<run>")
      .replaceAll(/\bpid \d+/g, "pid <n>")
      .trim();
  }
});

describe("docs/cli.md", () => {
  const text = readFileSync(join(packageRoot, "docs/cli.md"), "utf8");
  const blocks = [...text.matchAll(/```console\n\$ breadcrumb (.*)\n([\s\S]*?)```/g)].map(
    ([, line = "", output = ""]) => [line, output] as const,
  );

  test("has transcripts", () => {
    expect(blocks.length).toBeGreaterThanOrEqual(6);
  });

  test.each(blocks)("breadcrumb %s", async (line, output) => {
    const { dir } = await sampleStore();
    const words = [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(
      ([, quoted, word]) => quoted ?? word ?? "",
    );
    // Run B of the sample has no end: the transcripts are of run A.
    const only = words[0] === "list" ? ["--run", "019a"] : [];
    const { stdout } = await runCli([...words, ...only, "--store", dir]);
    expect(stdout.trimEnd()).toBe(output.trimEnd());
  });
});
