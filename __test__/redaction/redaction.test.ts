/** What is taken out of a recording, whoever says so, and what is said of it. */
import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { openStore, type Run } from "../../ts/query/index";
import { cli, nodes, project, run } from "../support/program";

const [[, node]] = nodes as [readonly [string, string]];

/** Calls `see` with the same values in the main thread, a worker, and a child process. */
const EVERYWHERE = {
  "main.js": `
    const { Worker } = require("node:worker_threads");
    const { spawnSync } = require("node:child_process");
    require("./see.js");
    new Worker("./see.js").on("exit", () => spawnSync(process.execPath, ["see.js"]));`,
  "see.js": `
    function see(mail, password, order) { return order }
    see("ann@example.com", "hunter2", "ORD-123456");`,
};
const KILLED = {
  "main.js": `${EVERYWHERE["see.js"]} setTimeout(() => process.kill(process.pid, "SIGKILL"), 50);`,
};

interface Recorded {
  readonly folder: string;
  readonly status: number | null;
  readonly stderr: string;
  /** Arguments of each call of `see`, as JSON. */
  readonly seen: readonly string[];
  readonly runs: readonly Run[];
}

async function record(
  folder: string,
  flags: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
): Promise<Recorded> {
  const ended = run(node, [cli, "run", ...flags, "--", node, "main.js"], folder, env);
  const store = await openStore(join(folder, ".breadcrumb"));
  try {
    const sql = "SELECT arguments FROM calls WHERE function = 'see' ORDER BY run_id, call_id";
    const { rows } = await store.sql(sql);
    const seen = rows.map((row) => row["arguments"] as string);
    return { ...ended, folder, seen, runs: await store.runs() };
  } finally {
    await store.close();
  }
}

/** Every byte of the store. */
function bytesOf(folder: string): string {
  const store = join(folder, ".breadcrumb");
  const files = readdirSync(store, { recursive: true, withFileTypes: true });
  return files
    .filter((file) => file.isFile())
    .map((file) => readFileSync(join(file.parentPath, file.name), "latin1"))
    .join("\n");
}

const PASSWORD = `{"$type":"redacted","rule":"password"}`;

describe("what is redacted", () => {
  const config = (redact: unknown) => ({ "breadcrumb.config.json": JSON.stringify({ redact }) });
  const profile = (redact: unknown) => ({
    "breadcrumb.config.json": JSON.stringify({ redact: false, profiles: { mine: { redact } } }),
  });
  const chosen = {
    also: ["email"],
    rules: { order: "ORD-([0-9]+)" },
    names: ["!password"],
  };
  const expected = `["[redacted:email]","hunter2","ORD-[redacted:order]"]`;

  it.each([
    ["a flag", {}, ["--redact", JSON.stringify(chosen)], {}],
    ["the environment", {}, [], { BREADCRUMB_REDACT: JSON.stringify(chosen) }],
    ["the configuration", config(chosen), [], {}],
    ["a profile", profile(chosen), ["--profile", "mine"], {}],
    [
      "a flag before the environment",
      {},
      ["--redact", JSON.stringify(chosen)],
      { BREADCRUMB_REDACT: "off" },
    ],
    [
      "the environment before the configuration",
      config(false),
      [],
      { BREADCRUMB_REDACT: JSON.stringify(chosen) },
    ],
  ])("is what %s says, in workers and children too", async (_who, files, flags, env) => {
    const { seen } = await record(project({ ...EVERYWHERE, ...files }), flags, env);
    expect(seen).toEqual([expected, expected, expected]);
  });

  it("is nothing with off, and the standard rules with on", async () => {
    const folder = project(EVERYWHERE);
    const all = `["ann@example.com","hunter2","ORD-123456"]`;
    expect((await record(folder, ["--redact", "off"])).seen).toEqual([all, all, all]);
    const usual = `["ann@example.com",${PASSWORD},"ORD-123456"]`;
    const again = await record(folder, ["--redact=on"]);
    expect(again.seen.slice(3)).toEqual([usual, usual, usual]);
  });
});

describe("what stands in a secret's place", () => {
  it("is the user's own text", async () => {
    const { seen } = await record(project(EVERYWHERE), ["--redact", "replace=<{rule}>,also=email"]);
    const password = `{"$type":"redacted","rule":"password","text":"<password>"}`;
    expect(seen[0]).toBe(`["<email>",${password},"ORD-123456"]`);
  });

  it("is a hash that is equal in one store and differs in another", async () => {
    const hashes = async (folder: string): Promise<readonly string[]> => {
      const { seen } = await record(folder, ["--redact", "hash"]);
      return seen.map((json) => /"hash":"([0-9a-f]{12})"/.exec(json)?.[1] ?? json);
    };
    const [one, other] = [project(EVERYWHERE), project(EVERYWHERE)];
    const first = await hashes(one);
    expect(new Set(first).size).toBe(1);
    expect(first).toHaveLength(3);
    expect(new Set(await hashes(one))).toEqual(new Set(first));
    expect(new Set([...first, ...(await hashes(other))]).size).toBe(2);
    const key = statSync(join(one, ".breadcrumb/redaction.key"));
    expect([key.mode & 0o777, key.size]).toEqual([0o600, 32]);
    expect(bytesOf(one)).not.toContain("hunter2");
  });

  it("is one hash for equal secrets, whichever objects they are", async () => {
    const folder = project({
      "main.js": `const see = (password) => typeof password;
      const pins = () => ({ pins: [1, 2], of: "ann" });
      see(pins()); see(pins()); see({ ...pins(), of: "bob" });`,
    });
    const { seen } = await record(folder, ["--redact", "hash", "--values", "identity"]);
    expect(seen[0]).toContain('"hash":');
    expect(seen[1]).toBe(seen[0]);
    expect(seen[2]).not.toBe(seen[0]);
  });

  it("is the same after a kill as before", async () => {
    const folder = project(EVERYWHERE);
    const { seen } = await record(folder, ["--redact", "hash"]);
    writeFileSync(join(folder, "main.js"), KILLED["main.js"]);
    const killed = await record(folder, ["--redact", "hash"]);
    expect(killed.seen).toEqual([...seen, seen[0]]);
    expect(killed.runs[0]).toMatchObject({
      status: "crashed",
      counters: { redacted: 1, redactions: { password: 1 } },
    });
  });
});

describe("how often rules fired", () => {
  it("is in the run's record, the summary, stats, and SQL", async () => {
    const { folder, stderr, runs } = await record(
      project({
        "main.js": `
          function see(text, password) { return text }
          for (let i = 0; i < 5; i++) see("token=abc" + " and Bearer abc123def456", i + 1000);
          try { (() => { throw new Error("password=hunter2") })() } catch {}`,
      }),
    );
    const redactions = { bearer: 10, password: 7, token: 10 };
    expect(runs[0]?.counters).toMatchObject({ redacted: 27, redactions });
    expect(stderr).toContain("redacted: 27 (bearer 10, token 10, password 7)");
    const ask = (...args: string[]): string => run(node, [cli, ...args], folder).stdout;
    expect(ask("stats")).toContain("27 (bearer 10, token 10, password 7)");
    expect(JSON.parse(ask("stats", "--json")).run.counters.redactions).toEqual(redactions);
    const sql = "SELECT redacted, redactions FROM runs";
    const { rows } = JSON.parse(ask("query", "--json", sql)) as { rows: unknown };
    expect(rows).toEqual([{ redacted: 27, redactions: JSON.stringify(redactions) }]);
  });
});

describe("what cannot be redacted by", () => {
  it.each([
    ["also=emial", '--redact: "also" knows no rule "emial": did you mean "email"?'],
    ["except=githb", '"except" knows no rule "githb": did you mean "github"?'],
    ["offf", 'Did you mean "off"?'],
    ['{"rules":{"mine":"(?=x)"}}', 'the pattern of rule "mine" cannot be used: look-around'],
    ["name=*", 'the name "*" has no letter or digit to look for'],
  ])("ends breadcrumb run before it runs anything: %s", (redact, message) => {
    const folder = project({ "main.js": `console.log("ran")` });
    const ended = run(node, [cli, "run", "--redact", redact, "--", node, "main.js"], folder);
    expect(ended).toMatchObject({ status: 2, stdout: "" });
    expect(ended.stderr).toContain(message);
  });

  it("leaves a program with the preload unrecorded, which is said", () => {
    const folder = project({ "main.js": `console.log("ran")` });
    const preload = ["--require", join(import.meta.dirname, "../../dist/register.js")];
    const env = { BREADCRUMB_REDACT: '{"rules":{"mine":"("}}' };
    const ended = run(node, [...preload, "main.js"], folder, env);
    expect(ended).toMatchObject({ status: 0, stdout: "ran\n" });
    expect(ended.stderr).toContain('not recording: Option "redact": the pattern of rule "mine"');
  });
});
