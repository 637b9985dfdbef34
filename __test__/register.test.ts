/** The preload in the processes and threads that a program starts. */
import { mkdtempSync, readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { openStore, type Run } from "../ts/query/index";
import { cli, nodes, packageRoot, project, run } from "./support/program";

/** Runs `main.js` under `breadcrumb run`; its output and the runs that it left. */
async function runs(
  node: string,
  files: Readonly<Record<string, string>>,
  options: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
): Promise<{
  stdout: string;
  stderr: string;
  runs: readonly Run[];
  functions: readonly unknown[];
}> {
  const folder = project(files);
  const dir = mkdtempSync(join(tmpdir(), "store-"));
  const args = [cli, "run", "--quiet", ...options, "--store", dir, "--", node, "main.js"];
  const { stdout, stderr } = run(node, args, folder, env);
  const store = await openStore(dir);
  try {
    const { rows } = await store.sql("SELECT DISTINCT function AS f FROM calls ORDER BY f");
    return { stdout, stderr, runs: await store.runs(), functions: rows.map((row) => row["f"]) };
  } finally {
    await store.close();
  }
}

const CHILD = "function child() { return process.argv[2] } console.log(child());";

describe.each(nodes)("the processes that a program starts on %s", (_name, node) => {
  const main = `
    const { execFileSync, spawnSync } = require("node:child_process");
    const { Worker } = require("node:worker_threads");
    function parent() { return process.env.NODE_OPTIONS }
    const mine = (name) => name.startsWith("BREADCRUMB_");
    console.log(parent(), Object.keys(process.env).filter(mine).length);
    process.stdout.write(execFileSync(process.execPath, ["child.js", "one"]));
    new Worker("./worker.js").on("message", (text) => console.log(text));`;
  const worker = `
    function inWorker() { return "in worker" }
    require("node:worker_threads").parentPort.postMessage(inWorker());`;
  const files = { "main.js": main, "child.js": CHILD, "worker.js": worker };

  it("are left alone with --no-children, the environment as it was before", async () => {
    const env = { NODE_OPTIONS: "--no-warnings" };
    const ended = await runs(node, files, ["--no-children"], env);
    expect(ended.stderr).toBe("");
    expect(ended.stdout).toBe("--no-warnings 0\none\nin worker\n");
    expect(ended.runs.map((one) => one.command.at(-1))).toEqual([
      expect.stringMatching(/main\.js$/),
    ]);
    expect(ended.functions).toEqual(expect.arrayContaining(["parent", "inWorker"]));
    expect(ended.functions).not.toContain("child");
  });

  it("are runs of their own, but for those whose environment does not say so", async () => {
    const explicit = `
      const { execFileSync } = require("node:child_process");
      const { PATH } = process.env;
      const start = (name, options) => execFileSync(process.execPath, ["child.js", name], options);
      function parent() { return [start("kept"), start("left", { env: { PATH } })].join("") }
      process.stdout.write(parent());`;
    const ended = await runs(node, { "main.js": explicit, "child.js": CHILD });
    expect(ended.stdout).toBe("kept\nleft\n");
    const parent = ended.runs.find((one) => one.parentRunId === null);
    const children = ended.runs.filter((one) => one !== parent);
    expect(children.map((one) => [one.command.at(-1), one.parentRunId])).toEqual([
      ["kept", parent?.runId],
    ]);
  });
});

describe.each(nodes)("a dormant program on %s", (_name, node) => {
  it("leaves no run behind, unless something of it is captured", async () => {
    const main = `
      require("./work.js").add(1);
      const { Breadcrumb } = require("${packageRoot}");
      if (process.argv[2] !== "capture") return;
      Breadcrumb.start().then((session) => {
        session.set({ include: [":add"] });
        require("./work.js").add(2);
      });`;
    const files = { "main.js": main, "work.js": "exports.add = function add(n) { return n + 1 };" };
    const folder = project(files);
    const dir = mkdtempSync(join(tmpdir(), "store-"));
    const start = async (...args: string[]) => {
      const command = [cli, "run", "--dormant", "--store", dir, "--", node, "main.js", ...args];
      const { status, stderr } = run(node, command, folder);
      const store = await openStore(dir);
      try {
        const left = await store.runs();
        return { status, stderr, calls: left.map((one) => one.counters.recorded) };
      } finally {
        await store.close();
      }
    };
    expect(await start()).toEqual({
      status: 0,
      stderr: expect.stringContaining("nothing recorded: it was dormant"),
      calls: [],
    });
    expect(readdirSync(join(dir, "segments"))).toEqual([]);
    expect(await start("capture")).toMatchObject({ status: 0, calls: [1] });
  });
});

describe("under --permission", () => {
  const source = `
    function own() { return typeof process.permission }
    console.log(own());`;
  const start = (
    name: string,
    node: string,
    args: readonly string[],
    options: readonly string[] = [],
  ) => {
    const folder = project({ "main.js": source });
    const store = mkdtempSync(join(tmpdir(), "store-"));
    const flag = name === "Node 20" ? "--experimental-permission" : "--permission";
    const command = [node, "--no-warnings", flag, ...args, "main.js"];
    return run(node, [cli, "run", ...options, "--store", store, "--", ...command], folder);
  };

  // Node 20 asks for permission to read even what it is told to preload.
  it.each(nodes.filter(([name]) => name !== "Node 20"))(
    "says what is to be permitted, and the program runs, on %s",
    (name, node) => {
      const ended = start(name, node, []);
      expect(ended).toMatchObject({ status: 0, stdout: "object\n" });
      expect(ended.stderr).toMatch(/not recording: .*add --allow-fs-read=.* and --allow-addons/);
      expect(start(name, node, [], ["--quiet"])).toMatchObject({ status: 0, stderr: "" });
      expect(start(name, node, [], ["--strict"])).toMatchObject({ status: 2, stdout: "" });
    },
  );

  it.each(nodes)("says that addons are to be permitted, on %s", (name, node) => {
    const ended = start(name, node, ["--allow-fs-read=*"]);
    expect(ended).toMatchObject({ status: 0, stdout: "object\n" });
    expect(ended.stderr).toMatch(/not recording: .*--allow-addons/);
  });

  it.each(nodes)("records with what it names, on %s", (name, node) => {
    const ended = start(name, node, ["--allow-fs-read=*", "--allow-addons"]);
    expect(ended).toMatchObject({ status: 0, stdout: "object\n" });
    expect(ended.stderr).toContain("1 call");
  });
});
