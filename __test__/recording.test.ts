/** What a recording says of programs, from `breadcrumb run` to the answers of the store. */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { openStore, type Store } from "../ts/query/index";
import { cli, nodes, project, run } from "./support/program";

type Row = Readonly<Record<string, unknown>>;

/** Records a program and asks its store. */
async function record<T>(
  node: string,
  files: Readonly<Record<string, string>>,
  ask: (store: Store) => Promise<T>,
  args: readonly string[] = ["main.js"],
): Promise<{ answer: T; status: number | null; stderr: string; stdout: string }> {
  const folder = project(files);
  const ended = run(node, [cli, "run", "--", node, ...args], folder);
  const store = await openStore(join(folder, ".breadcrumb"));
  try {
    return { ...ended, answer: await ask(store) };
  } finally {
    await store.close();
  }
}

async function rows(store: Store, sql: string): Promise<readonly Row[]> {
  return (await store.sql(sql)).rows;
}

const CALLS = "SELECT function, status, arguments, result FROM calls ORDER BY thread_id, call_id";
const TREE = `SELECT c.function, p.function AS parent, c.depth FROM calls c
  LEFT JOIN calls p ON p.call_id = c.parent_id AND p.run_id = c.run_id ORDER BY c.call_id`;

describe.each(nodes)("a recording on %s", (_name, node) => {
  it("has every form of call with its values and end", async () => {
    const main = `
      class Cart { #n = 0; add(x) { return this.#n += x } get size() { return this.#n } }
      const cart = new Cart(); cart.add(2); cart.size;
      function* numbers() { try { yield 1; yield 2 } finally { (() => "closed")() } }
      for (const n of numbers()) break;
      [...numbers()];
      const handlers = { onClose: (why) => why };
      handlers.onClose("done");
      function check() { null.x }
      try { check() } catch {}`;
    const { answer } = await record(node, { "main.js": main }, (store) => rows(store, CALLS));
    const undefinedJson = `{"$type":"undefined"}`;
    expect(answer.map((row) => Object.values(row))).toEqual([
      ["Cart.add", "returned", "[2]", "2"],
      ["get Cart.size", "returned", "[]", "2"],
      ["numbers", "returned", "[]", null],
      ["<anonymous in numbers>", "returned", "[]", `"closed"`],
      ["numbers", "returned", "[]", undefinedJson],
      ["<anonymous in numbers>", "returned", "[]", `"closed"`],
      ["handlers.onClose", "returned", `["done"]`, `"done"`],
      ["check", "threw", "[]", null],
    ]);
  });

  it("keeps parents right across awaits that interleave", async () => {
    const main = `
      const sleep = (ms) => new Promise((r) => setTimeout(r, ms));
      async function job(name) { await sleep(2); step(name); await sleep(2); step(name) }
      function step(name) { return name }
      async function main() { await Promise.all([job("a"), job("b")]) }
      main();`;
    const { answer } = await record(node, { "main.js": main }, (store) => rows(store, TREE));
    const steps = answer.filter((row) => row["function"] === "step");
    expect(steps).toHaveLength(4);
    expect(steps.every((row) => row["parent"] === "job" && row["depth"] === 2)).toBe(true);
  });

  it("stores no secret", async () => {
    const main = `
      function login(user, password) { return { token: "tok-1234567", user } }
      login("ann", "hunter2secret");
      function pay(order) { throw new Error("refused: Bearer abcdefghijklmnop1234567890") }
      try { pay({ card: "4111 1111 1111 1111", id: 7 }) } catch {}`;
    const { answer } = await record(
      node,
      { "main.js": main },
      async (store) =>
        JSON.stringify([
          await rows(store, "SELECT * FROM calls"),
          await rows(store, "SELECT * FROM exceptions"),
          await store.runs(),
        ]),
      ["main.js", "--password=hunter2secret"],
    );
    expect(answer).toContain("ann");
    // Four digits alone may be those of a time.
    for (const secret of [
      "hunter2secret",
      "tok-1234567",
      "1111 1111",
      "11111111",
      "abcdefghijklmnop1234567890",
    ]) {
      expect(answer).not.toContain(secret);
    }
  });

  it("keeps workers and child processes apart and linked", async () => {
    const files = {
      "main.js": `
        const { Worker, isMainThread } = require("node:worker_threads");
        function inner(n) { return n + 1 }
        if (isMainThread) {
          inner(1);
          new Worker(__filename).on("exit", () =>
            require("node:child_process").execFileSync(process.execPath, ["child.js"]));
        } else for (let i = 0; i < 500; i++) inner(i);`,
      "child.js": "function child() {} child();",
    };
    const { answer } = await record(node, files, async (store) => ({
      runs: await store.runs(),
      calls: await rows(
        store,
        "SELECT run_id, thread_id, function, count(*) AS n FROM calls WHERE function <> '<anonymous>' GROUP BY ALL ORDER BY n",
      ),
    }));
    const parent = answer.runs.find((one) => one.parentRunId === null);
    const child = answer.runs.find((one) => one.parentRunId !== null);
    expect(child?.parentRunId).toBe(parent?.runId);
    const seen = answer.calls.map((row) => [row["function"], row["n"], row["run_id"]]);
    expect(seen).toHaveLength(3);
    expect(seen).toContainEqual(["child", 1, child?.runId]);
    expect(seen).toContainEqual(["inner", 500, parent?.runId]);
  });

  it("numbers the main thread 0, whoever calls first", async () => {
    const main = `
      const { Worker, isMainThread } = require("node:worker_threads");
      const where = (name) => name;
      if (!isMainThread) where("worker");
      else new Worker(__filename).on("exit", function () { where("main") });`;
    const { answer } = await record(node, { "main.js": main }, (store) =>
      rows(store, "SELECT result, thread_id FROM calls WHERE function = 'where'"),
    );
    const numbers = new Map(answer.map((row) => [row["result"], row["thread_id"]]));
    expect(numbers).toEqual(
      new Map([
        [`"worker"`, 1],
        [`"main"`, 0],
      ]),
    );
  });

  it("survives a kill: everything up to it is in the store", async () => {
    const main = `
      function step(i) { return i }
      async function forever() { await new Promise(() => {}) }
      forever();
      for (let i = 0; i < 50_000; i++) step(i);
      process.kill(process.pid, "SIGKILL");`;
    const { answer, status, stderr } = await record(node, { "main.js": main }, async (store) => ({
      runs: await store.runs(),
      counts: await rows(
        store,
        "SELECT function, status, count(*) AS n FROM calls GROUP BY ALL ORDER BY n, function",
      ),
    }));
    expect(status).toBe(null);
    expect(stderr).toMatch(/50,002 calls.*1 crashed/);
    expect(answer.runs).toMatchObject([{ status: "crashed", signal: "SIGKILL" }]);
    expect(answer.counts.map((row) => Object.values(row))).toEqual([
      ["<anonymous in forever>", "returned", 1],
      ["forever", "open", 1],
      ["step", "returned", 50_000],
    ]);
  });

  it("ends a command that takes too long, and says what was still running", async () => {
    const folder = project({
      "main.js": "function spin() { for (;;) tick() } function tick() {} spin()",
    });
    const ended = run(node, [cli, "run", "--timeout", "2500ms", "main.js"], folder);
    expect(ended.status).toBe(124);
    expect(ended.stderr).toMatch(/still running: .*spin/);
  });

  it("says loudly when nothing was recorded, and why", () => {
    const folder = project({ "node_modules/dep/main.js": "console.log('ran')" });
    const ended = run(node, [cli, "run", node, "node_modules/dep/main.js"], folder);
    expect(ended).toMatchObject({ status: 0, stdout: "ran\n" });
    expect(ended.stderr).toMatch(/NOTHING RECORDED.*main\.js.*--all/);
    expect(run(node, [cli, "run", "no-such-command"], folder).status).toBe(127);
    expect(run(node, [cli, "run", "--nonsense", "x"], folder).status).toBe(2);
  });

  it("refuses what the environment says wrong, before the command is run", () => {
    const folder = project({ "main.js": "console.log('ran')" });
    for (const env of [{ BREADCRUMB_KEEP: "some" }, { BREADCRUMB_MODE: "all" }]) {
      const ended = run(node, [cli, "run", "main.js"], folder, env);
      expect(ended).toMatchObject({ status: 2, stdout: "" });
      expect(ended.stderr).toMatch(/^breadcrumb run: BREADCRUMB_\w+ [^\n]+\n$/);
    }
    const ended = run(node, [cli, "run", "--store", "", "main.js"], folder);
    expect(ended).toMatchObject({ status: 2, stdout: "" });
    expect(ended.stderr).toMatch(/^breadcrumb run: [^\n]+\n$/);
  });

  it("lets the program run when it cannot record, and refuses under --strict", () => {
    const folder = project({ "main.js": "console.log('ran'); process.exitCode = 3" });
    const store = ["--store", "/proc/no/such"];
    const ended = run(node, [cli, "run", ...store, "main.js"], folder);
    expect(ended).toMatchObject({ status: 3, stdout: "ran\n" });
    expect(ended.stderr).toMatch(/^breadcrumb: not recording: /);
    const strict = run(node, [cli, "run", "--strict", ...store, "main.js"], folder);
    expect(strict).toMatchObject({ status: 2, stdout: "" });
    expect(readdirSync(folder)).not.toContain(".breadcrumb");
  });

  it("does not read a stack before the program does", () => {
    const main = `
      function fail() { const error = new TypeError("first"); throw error }
      function report(task) { try { task() } catch (error) {
        error.message += ", then more"; error.name = "Renamed"; console.log(error.stack) } }
      report(fail); report(() => null.x);`;
    const folder = project({ "main.js": main });
    const plain = run(node, ["main.js"], folder);
    expect(plain.stdout).toContain("first, then more");
    expect(run(node, [cli, "run", "--quiet", "--", node, "main.js"], folder)).toEqual(plain);
  });

  it("looks the same when the program dies of an error", () => {
    const folder = project({
      "main.js": `function f(n) { if (n > 0) return f(n - 1); throw new TypeError("deep") }
setTimeout(() => f(2), 1)`,
      "main.mjs": `const f = async (é) => { await 1; return { a: null }.a.b };
await f(1);`,
    });
    for (const file of ["main.js", "main.mjs"]) {
      const plain = run(node, [file], folder);
      expect(run(node, [cli, "run", "--quiet", "--", node, file], folder)).toEqual(plain);
      expect(plain.status).toBe(1);
    }
  });
});
