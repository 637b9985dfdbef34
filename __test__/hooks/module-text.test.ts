/** Programs that look at how their files are loaded, run plain and traced. */
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { openStore } from "../../ts/query/index";
import { cli, nodes, project, run } from "../support/program";

type Files = Readonly<Record<string, string>>;

/** Runs a program plain and traced, expects the same output, and gives the functions recorded. */
async function traced(node: string, files: Files, main = "main.js"): Promise<readonly unknown[]> {
  const folder = project(files);
  const flags = ["--no-warnings", main];
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

const DEEP = "function deep(n) { return n === 0 ? new Error('deep').stack : deep(n - 1) }";

describe.each(nodes)("a program on %s", (_name, node) => {
  it("finds as many frames in a stack while its files are loaded", async () => {
    const files = {
      "main.js": `${DEEP} console.log(deep(0)); require("./one"); require("./two.cjs");`,
      "one.js": `${DEEP} console.log(deep(0)); console.log(deep(6));`,
      "two.cjs": `${DEEP} Error.stackTraceLimit = 9; console.log(deep(0)); require("./three");`,
      "three.js": `${DEEP} Error.stackTraceLimit = 40; console.log(deep(0));`,
    };
    expect(await traced(node, files)).toEqual(["deep"]);
  });

  it("finds in its modules what Node has put there", async () => {
    const look = `function look() {
      const keys = Reflect.ownKeys(module).filter((key) => module.propertyIsEnumerable(key));
      const { _compile, loaded } = module;
      console.log(keys.map(String), loaded, _compile.name, _compile.length, String(_compile));
    } look();`;
    const files = {
      "main.mjs": `import "./imported.cjs"; import "./imported.js";`,
      "imported.cjs": `${look} require("./required"); require("./required.cjs")`,
      "imported.js": look,
      "required.js": look,
      "required.cjs": look,
    };
    expect(await traced(node, files, "main.mjs")).toEqual(["look"]);
  });

  it("has its own readFileSync called as often", async () => {
    const files = {
      "main.js": `
        const fs = require("node:fs");
        const { readFileSync } = fs;
        const read = [];
        fs.readFileSync = function (path, ...rest) {
          read.push(require("node:path").basename(String(path)));
          return readFileSync(path, ...rest);
        };
        require("./b"); require("./c.cjs"); try { require("./broken") } catch (e) { console.log(e.name) }
        console.log(read);`,
      "b.js": "function b() {} b();",
      "c.cjs": "function c() {} c();",
      "broken.js": "function (",
    };
    expect(await traced(node, files)).toEqual(["b", "c", "fs.readFileSync"]);
  });

  it("loads one file in another's place", async () => {
    const files = {
      "main.js": `
        require.extensions[".text"] = (module, filename) =>
          require.extensions[".js"](module, filename.replace(".text", ".js"));
        console.log(require("./a.text"), require("./a"));`,
      "a.text": "not code",
      "a.js": "function a() { return __filename.slice(-4) } exports.a = a();",
    };
    const found = await traced(node, files);
    expect(found).toContain("a");
  });
});

// With any hook of `registerHooks`, later versions of Node load the first file once more.
describe.each(nodes.filter(([name]) => name === "Node 20"))("a module on %s", (_name, node) => {
  it("may be made of two files", async () => {
    const files = {
      "main.js": `console.log(require("./both"));`,
      "both.js": `
        function first() { return "first" }
        exports.first = first();
        require.extensions[".js"](module, require.resolve("./second"));`,
      "second.js": `function second() { return "second" } exports.second = second();`,
    };
    expect(await traced(node, files)).toEqual(["first", "second"]);
  });
});
