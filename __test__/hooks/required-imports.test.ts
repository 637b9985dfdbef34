/** ES modules that required ES modules import: recorded, and the program as it is plain. */
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { openStore } from "../../ts/query/index";
import { cli, nodes, project, run } from "../support/program";

/** Runs a program plain and traced, expects the same, and gives the functions recorded. */
async function traced(
  node: string,
  files: Readonly<Record<string, string>>,
): Promise<readonly unknown[]> {
  const folder = project(files);
  const flags = ["--no-warnings", "main.js"];
  const plain = run(node, flags, folder);
  const ended = run(node, [cli, "run", "--quiet", "--", node, ...flags], folder);
  expect(plain.stdout).not.toBe("");
  expect(ended).toEqual(plain);
  const store = await openStore(join(folder, ".breadcrumb"));
  try {
    const sql = "SELECT DISTINCT function AS f FROM calls WHERE function NOT LIKE '<%' ORDER BY f";
    return (await store.sql(sql)).rows.map((row) => row["f"]);
  } finally {
    await store.close();
  }
}

describe.each(nodes)("what a required ES module imports on %s", (_name, node) => {
  it("is recorded, whatever it is", async () => {
    const files = {
      "main.js": `
        function main() { return require("./esm/first.js").first(1) }
        console.log(main(), require("./untyped").untyped(2));
        import("./esm/second.js").then(({ second }) => console.log(second(3)));`,
      "esm/package.json": `{ "type": "module" }`,
      "esm/first.js": `
        import { second } from "./second.js";
        import legacy, { named } from "./legacy.cjs";
        export function first(n) {
          return [second(n), legacy.old(n), named(n), new Error("here").stack];
        }`,
      "esm/second.js": `
        import { third } from "../third.mjs";
        export function second(n) { return third(n) }`,
      "esm/legacy.cjs": `
        exports.old = function old(n) { return n };
        exports.named = function named(n) { return require("./first.js") === undefined ? 0 : n };`,
      "third.mjs": `export function third(n) { return String(third).length + n }`,
      "untyped.js": `export * from "./also-untyped.js";`,
      "also-untyped.js": `export function untyped(n) { return n }`,
    };
    const functions = ["first", "main", "named", "old", "second", "third", "untyped"];
    const found = (await traced(node, files)).map((name) => String(name).replace("exports.", ""));
    expect(found.toSorted()).toEqual(functions);
  });

  it("fails as it does plain", async () => {
    const files = {
      "main.js": `
        const attempt = (name) => { try { return require(name) } catch (e) { return e.stack } };
        for (const name of ["broken", "absent", "lacking", "failing"]) console.log(attempt("./" + name + ".mjs"));`,
      "broken.mjs": `import "./syntax.mjs";`,
      "syntax.mjs": "export function (",
      "absent.mjs": `import "./nowhere.mjs";`,
      "lacking.mjs": `import { nothing } from "./failing.mjs";`,
      "failing.mjs": `import "./thrower.mjs";`,
      "thrower.mjs": `function thrower() { throw new TypeError("thrown") } export default thrower();`,
    };
    expect(await traced(node, files)).toEqual(expect.arrayContaining(["attempt", "thrower"]));
  });

  it("is recorded in workers", async () => {
    const files = {
      "main.js": `
        const { Worker } = require("node:worker_threads");
        new Worker("./worker.js").on("message", (sum) => console.log(sum));`,
      "worker.js": `require("node:worker_threads").parentPort.postMessage(require("./a.mjs").a(1));`,
      "a.mjs": `import { b } from "./b.mjs"; export const a = (n) => b(n);`,
      "b.mjs": `export const b = (n) => n + 1;`,
    };
    expect(await traced(node, files)).toEqual(["a", "b"]);
  });
});
