/** The preload in the processes and threads that a program starts. */
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { openStore, type Run } from "../ts/query/index";
import { cli, nodes, project, run } from "./support/program";

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
