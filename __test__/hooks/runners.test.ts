/** Test runners that compile by themselves: what they report, and what is recorded of their files. */
import { mkdtempSync, readFileSync, readdirSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, vi } from "vitest";
import { openStore } from "../../ts/query/index";
import { cli, type Ended, nodes, packageRoot, project, run } from "../support/program";

vi.mock("../../ts/native/load", () => ({ native: {} }));
const { editRunner, isUnknownRunner } = await import("../../ts/hooks/runners");

/** Runs a command plain and traced; both ends, and the functions recorded by file. */
async function both(
  folder: string,
  node: string,
  args: readonly string[],
): Promise<{ plain: Ended; traced: Ended; recorded: readonly string[] }> {
  const plain = run(node, args, folder, { NO_COLOR: "1" });
  const store = mkdtempSync(join(tmpdir(), "store-"));
  const options = ["run", "--quiet", "--store", store, "--"];
  const traced = run(node, [cli, ...options, node, ...args], folder, { NO_COLOR: "1" });
  const opened = await openStore(store);
  try {
    const sql = "SELECT DISTINCT file || ' ' || function AS f FROM calls ORDER BY f";
    return {
      plain,
      traced,
      recorded: (await opened.sql(sql)).rows.map((row) => row["f"] as string),
    };
  } finally {
    await opened.close();
  }
}

const PRICE = `
  export function one(n: number): number { if (n < 0) throw new RangeError("negative"); return n }
  export function total(all: number[]): number { return all.reduce((sum, n) => sum + one(n), 0) }`;
const PRICE_TEST = `
  import { createRequire } from "node:module";
  import { expect, test } from "vitest";
  import { one, total } from "./price";
  import { net } from "./net.mjs";
  const { gross } = createRequire(import.meta.url)("./gross.cjs");
  function fixture() { return [1, 2] }
  test("not translated", () => { expect(net(gross(fixture()))).toBe(3) });
  test("total", () => { expect(total(fixture())).toBe(3) });
  test("fails in the test", () => { expect(total(fixture())).toBe(4) });
  test("fails in the code under test", () => { one(-1) });`;

describe("editRunner", () => {
  it("changes one place of a runner that is known, and adds no line", () => {
    const path = join(packageRoot, "node_modules/vitest/dist/module-evaluator.js");
    const source = readFileSync(path, "utf8");
    const edited = editRunner(source, path);
    expect(edited.split("$bcText(")).toHaveLength(2);
    expect(edited.split("\n")).toHaveLength(source.split("\n").length);
    expect(editRunner(edited, path)).toBe(edited);
  });

  it("knows this version of vitest", () => {
    const dist = join(packageRoot, "node_modules/vitest/dist");
    const files = readdirSync(dist, { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith("js"))
      .map((name) => join(dist, name));
    const unknown = files.filter((path) => isUnknownRunner(readFileSync(path, "utf8"), path));
    expect(unknown).toEqual([]);
    expect(files.length).toBeGreaterThan(10);
  });

  it("leaves every other file as it is", () => {
    const text = "  compile(scriptSource, filename) {\n}";
    const windows = "C:\\app\\node_modules\\jest-runtime\\build\\index.js";
    expect(editRunner(text, windows)).toContain("$bcText(scriptSource,filename");
    expect(editRunner(text, "/app/node_modules/jest-runtime/other.js")).toBe(text);
    expect(editRunner(text, "/app/src/jest-runtime/build/index.js")).toBe(text);
  });
});

describe("vitest", () => {
  it.each(["forks", "threads", "vmThreads", "vmForks"])(
    "in %s reports the same and is recorded",
    async (pool) => {
      const config = `export default {
      test: {
        pool: "${pool}",
        fileParallelism: false,
        cache: false,
        include: ["src/**.test.ts"],
        server: { deps: { external: [/net\\.mjs/] } },
      },
    }`;
      const folder = project({
        "vitest.config.mjs": config,
        "src/price.ts": PRICE,
        "src/price.test.ts": PRICE_TEST,
        "src/second.test.ts": PRICE_TEST,
        "src/net.mjs": "export function net(all) { return all.length + 1 }",
        "src/gross.cjs": "exports.gross = function gross(all) { return all.slice() }",
      });
      const installed = join(packageRoot, "node_modules/vitest");
      symlinkSync(installed, join(folder, "node_modules/vitest"), "dir");
      const args = [join(installed, "vitest.mjs"), "run"];
      const { plain, traced, recorded } = await both(folder, process.execPath, args);
      expect(plain.stdout).toContain("4 failed | 4 passed");
      expect(plain.stderr).toMatch(/❯ one src\/price\.ts:2:\d+/);
      expect(withoutTimes(traced)).toEqual(withoutTimes(plain));
      for (const name of [
        "price.ts one",
        "price.ts total",
        "price.test.ts fixture",
        "net.mjs net",
        "gross.cjs gross",
      ]) {
        expect(recorded).toContain(`src/${name}`);
      }
    },
  );

  it("keeps V8's coverage as it is: those files are left alone", () => {
    const coverage = { enabled: true, provider: "v8" };
    const folder = project({
      "main.js": `
        globalThis.__vitest_worker__ = { config: { coverage: ${JSON.stringify(coverage)} } };
        const text = "function f() {}";
        require("./node_modules/vitest/dist/runner.js").evaluate(text);`,
      "node_modules/vitest/dist/runner.js": `
        const codeDefinition = "", id = ${JSON.stringify(join(tmpdir(), "x.js"))};
        exports.evaluate = function (code, module = { id }) {
          const wrappedCode = \`\${codeDefinition}\${code}\\n}}\`;
          console.log(wrappedCode);
        };`,
    });
    const traced = run(process.execPath, [cli, "run", "--all", "--quiet", "main.js"], folder);
    expect(traced).toMatchObject({ stderr: "", stdout: "function f() {}\n}}\n" });
  });
});

describe.each(nodes)("a runner that compiles as jest does, on %s", (_name, node) => {
  const files = {
    "main.js": `
      const vm = require("node:vm");
      const { Runtime } = require("./node_modules/jest-runtime/build/index.js");
      const context = vm.createContext({ console });
      const runtime = new Runtime(context);
      runtime.run(require.resolve("./subject.js"));
      runtime.loadEsmModule(require.resolve("./module.mjs"));`,
    "node_modules/jest-runtime/build/index.js": `
      const vm = require("node:vm");
      const _vm = () => vm;
      exports.Runtime = class {
  constructor(context) { this.environment = { getVmContext: () => context } }
  compile(scriptSource, filename) {
    return vm.compileFunction(scriptSource, ["exports"], { filename, parsingContext: this.environment.getVmContext() });
  }
  run(filename) { this.compile(require("node:fs").readFileSync(filename, "utf8"), filename)({}) }
  async loadEsmModule(modulePath) {
    const context = this.environment.getVmContext();
    const transformedCode = require("node:fs").readFileSync(modulePath, "utf8");
    const module = new (_vm().SourceTextModule)(transformedCode, {
      context,
      identifier: modulePath
    });
    await module.link(() => {});
    await module.evaluate();
  }
      };`,
    "node_modules/collect-v8-coverage/index.js": "",
    "subject.js": `
      function inner(list) { return new Error("here " + list.length).stack.split("\\n").slice(0, 3).join("\\n") }
      console.log(inner([1]), String(inner), Object.keys(globalThis));`,
    "module.mjs": `
      function own(list) { return new Error("there " + list.length).stack.split("\\n").slice(0, 3).join("\\n") }
      console.log(own([1]), String(own), Object.keys(globalThis));`,
  };

  it("has its files recorded in their own contexts", async () => {
    const { plain, traced, recorded } = await both(project(files), node, [
      "--experimental-vm-modules",
      "--disable-warning=ExperimentalWarning",
      "main.js",
    ]);
    expect(plain.stdout).toMatch(/here 1[^]*there 1/);
    expect(traced).toEqual(plain);
    expect(recorded).toEqual(["module.mjs own", "subject.js inner"]);
  });
});

/** The output but for times, and for the advice that vitest derives from them at its end. */
function withoutTimes({ status, stdout, stderr }: Ended): unknown {
  const lines = (text: string): string[] =>
    text
      .replace(/ *Start at[^]*/, "")
      .split("\n")
      .map((line) => line.replace(/\d+(\.\d+)?m?s\b.*/g, "").trimEnd());
  return { status, stdout: lines(stdout), stderr: lines(stderr) };
}
