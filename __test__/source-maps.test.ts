/**
 * Where functions are told to be, with the maps that real tools write: each program is built here,
 * run plain and traced, and its store is asked.
 */
import { createRequire } from "node:module";
import { readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { buildSync } from "esbuild";
import { minify } from "terser";
import ts from "typescript";
import { describe, expect, it } from "vitest";
import webpack from "webpack";
import type { Coverage } from "../ts/session";
import { cli, nodes, project, run } from "./support/program";

/** `@babel/core` has no types of its own. */
const { transformSync } = createRequire(import.meta.url)("@babel/core") as {
  transformSync: (source: string, options: object) => { readonly code: string };
};

const CART = `interface Item { price: number; }

export class Cart {
  private items: Item[] = [];
  add(price: number): number {
    this.items.push({ price });
    return this.items.length;
  }
}
`;
const MAIN = `import { Cart } from "./cart";

type Name = string;

function checkout(name: Name, password: string): number {
  const cart = new Cart();
  cart.add(3);
  return cart.add(4) + name.length + password.length;
}
console.log(checkout("eve", "sesame"));
try {
  fail("x");
} catch (error) {
  console.log((error as Error).stack!.split("\\n").length > 1);
}

function fail(why: string): never {
  throw new Error(why);
}
`;
/** Where the functions of the sources above are. */
const PLACES = ["Cart.add src/cart.ts:5", "checkout src/main.ts:5", "fail src/main.ts:17"];
const OPTIONS = { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.CommonJS };

interface Row {
  readonly function: string;
  readonly file: string;
  readonly line: number;
  readonly col: number;
  readonly parameters: string;
  readonly generated_file: string | null;
  readonly generated_line: number | null;
}
interface Recorded {
  readonly places: readonly string[];
  readonly rows: readonly Row[];
  readonly coverage: Coverage;
  /** Answers a command of the CLI. */
  readonly ask: (...args: string[]) => string;
}

const DUMP = `process.on("exit", () => require("node:fs").writeFileSync("coverage.json",
  JSON.stringify(require("breadcrumb-tracer").Breadcrumb.coverage())))`;

/** A row each: there is one in every segment, and a slow program has several. */
const FUNCTIONS = `
  SELECT DISTINCT function, file, line, col, parameters, generated_file, generated_line
  FROM functions WHERE file <> 'dump.cjs' ORDER BY function`;

/** Runs a program plain and traced; what the store says of its functions. */
function record(
  node: string,
  folder: string,
  program: readonly string[],
  args: readonly string[] = [],
): Recorded {
  writeFileSync(join(folder, "dump.cjs"), DUMP);
  const command = ["--require", "./dump.cjs", ...program];
  const plain = run(node, program, folder);
  const traced = run(node, [cli, "run", ...args, "--", node, ...command], folder);
  expect(plain).toMatchObject({ status: 0, stderr: "" });
  expect(traced).toMatchObject({ status: 0, stdout: plain.stdout });
  const ask = (...words: string[]) => run(node, [cli, ...words], folder).stdout;
  const rows = JSON.parse(ask("query", "--json", FUNCTIONS)) as { rows: Row[] };
  return {
    rows: rows.rows,
    places: rows.rows.map(({ function: name, file, line }) => `${name} ${file}:${line}`),
    coverage: JSON.parse(readFileSync(join(folder, "coverage.json"), "utf8")) as Coverage,
    ask,
  };
}

/** A project with the TypeScript above, and files of this folder built from it. */
function sources(files: Record<string, string> = {}): string {
  return project({ "src/cart.ts": CART, "src/main.ts": MAIN, ...files });
}

/** What `tsc` writes for the sources, into `dist`. */
function compile(folder: string, options: ts.CompilerOptions): void {
  const outDir = join(folder, "dist");
  const program = ts.createProgram([join(folder, "src/main.ts")], {
    ...OPTIONS,
    types: [],
    rootDir: join(folder, "src"),
    outDir,
    ...options,
  });
  program.emit();
}

function webpackInto(folder: string): Promise<void> {
  compile(folder, { sourceMap: true, module: ts.ModuleKind.ES2022 });
  return new Promise((done, failed) => {
    webpack(
      {
        context: folder,
        mode: "production",
        target: "node",
        devtool: "source-map",
        entry: "./dist/main.js",
        output: { path: join(folder, "out"), filename: "bundle.js" },
      },
      (error) => (error ? failed(error) : done()),
    );
  });
}

describe.each(nodes)("source maps on %s", (_name, node) => {
  it("tells the places of TypeScript that tsc compiled, by external and inline maps", () => {
    for (const options of [
      { sourceMap: true },
      { inlineSourceMap: true },
      { sourceMap: true, sourceRoot: "../src/" },
      { inlineSourceMap: true, inlineSources: true },
    ]) {
      const folder = sources();
      compile(folder, options);
      const { places, rows, coverage, ask } = record(node, folder, ["dist/main.js"]);
      expect(places).toEqual(PLACES);
      expect(rows.map((row) => row.generated_file)).toEqual([
        "dist/cart.js",
        "dist/main.js",
        "dist/main.js",
      ]);
      expect(coverage.files.find(({ file }) => file === "dist/main.js")).toMatchObject({
        status: "instrumented",
        originals: ["src/main.ts"],
      });
      expect(ask("exceptions", "--json")).toMatch(/at fail \([^ ]+\/src\/main\.ts:18:9\)/);
      expect(ask("top")).toContain("src/main.ts");
    }
  });

  it("tells what a bundle of two sources was made of, and follows the maps of its sources", () => {
    const folder = sources();
    buildSync({
      absWorkingDir: folder,
      entryPoints: ["src/main.ts"],
      bundle: true,
      minify: true,
      sourcemap: "linked",
      platform: "node",
      outfile: "out/bundle.js",
    });
    const { places: bundled, rows } = record(node, folder, ["out/bundle.js"]);
    expect(bundled.filter((place) => place.includes("src/"))).toEqual(PLACES);
    expect(rows.find((row) => row.function === "checkout")).toMatchObject({
      parameters: '["name","password"]',
      generated_file: "out/bundle.js",
    });
    // TypeScript to JavaScript by tsc, then that to a bundle by another tool.
    const second = sources();
    compile(second, { sourceMap: true, module: ts.ModuleKind.ES2022 });
    buildSync({
      absWorkingDir: second,
      entryPoints: ["dist/main.js"],
      bundle: true,
      sourcemap: "inline",
      sourcesContent: false,
      platform: "node",
      outfile: "out/bundle.js",
    });
    expect(
      record(node, second, ["out/bundle.js"]).places.filter((place) => place.includes("src/")),
    ).toEqual(PLACES);
  });

  it("finds webpack's sources by their names, and follows their maps", async () => {
    const folder = sources();
    await webpackInto(folder);
    const packed = record(node, folder, ["out/bundle.js"]).places;
    // Called once, two of them have become nameless functions where they are called.
    const places = (list: readonly string[]) =>
      new Set(list.map((place) => place.split(" ").at(-1)));
    expect(places(packed.filter((place) => place.includes("src/")))).toEqual(places(PLACES));
  });

  it("maps the stacks of an ES module, which V8 names by its URL", () => {
    const folder = sources();
    buildSync({
      absWorkingDir: folder,
      entryPoints: ["src/main.ts"],
      bundle: true,
      sourcemap: "inline",
      format: "esm",
      outfile: "out/bundle.mjs",
    });
    const { places, ask } = record(node, folder, ["out/bundle.mjs"]);
    expect(places).toEqual(expect.arrayContaining(PLACES));
    expect(ask("exceptions", "--json")).toMatch(/at fail \(file:\/\/[^ ]+\/src\/main\.ts:18:9\)/);
  });

  it("gives the names that a minifier took, and redacts by them", async () => {
    const folder = project({ "src/app.js": "" });
    const code = `function checkout(customer, password) { return customer + password.length; }
module.exports = { checkout };
console.log(checkout(1, "hunter2"));
`;
    writeFileSync(join(folder, "src/app.js"), code);
    const { code: text, map } = await minify(
      { "../src/app.js": code },
      {
        toplevel: true,
        compress: false,
        sourceMap: { filename: "app.min.js", url: "app.min.js.map" },
      },
    );
    const dist = project({ "dist/app.min.js": text!, "dist/app.min.js.map": map as string });
    expect(text).not.toContain("function checkout");
    const { rows, ask } = record(node, dist, ["dist/app.min.js"]);
    expect(rows).toMatchObject([
      { function: "checkout", file: "src/app.js", line: 1, parameters: '["customer","password"]' },
    ]);
    expect(ask("query", "--json", "SELECT arguments FROM calls")).not.toContain("hunter2");
  });

  it("tells the places of what Babel made", () => {
    const folder = project({});
    const source =
      "\n\nexport class A {\n  #x = 1;\n  get x() { return this.#x; }\n}\nnew A().x;\n";
    const made = transformSync(source, {
      filename: join(folder, "src/a.js"),
      sourceFileName: "../src/a.js",
      sourceMaps: "inline",
      configFile: false,
      presets: [["@babel/preset-env", { targets: "ie 11" }]],
    });
    const dist = project({ "dist/a.js": made.code });
    const { places } = record(node, dist, ["dist/a.js"]);
    expect(places.filter((place) => place.includes("src/a.js:5"))).toHaveLength(1);
  });

  it("tells the places of what tsx compiles while the program runs", () => {
    const folder = sources();
    const tsx = join(import.meta.dirname, "../node_modules/tsx/dist/preflight.cjs");
    const loader = join(import.meta.dirname, "../node_modules/tsx/dist/loader.mjs");
    const { places } = record(node, folder, [
      "--require",
      tsx,
      "--import",
      `file://${loader}`,
      "src/main.ts",
    ]);
    // Beside them the functions that esbuild adds, which nobody wrote.
    expect(places).toEqual(expect.arrayContaining(PLACES));
    expect(places.filter((place) => /^(?:checkout|fail|Cart\.add) /.test(place))).toHaveLength(3);
  });

  it("selects a built file by the sources it was built from", () => {
    const folder = sources({ "dist/other.js": "module.exports = () => 1;" });
    compile(folder, { sourceMap: true });
    expect(record(node, folder, ["dist/main.js"], ["--include", "src/**"]).places).toEqual(PLACES);
    rmSync(join(folder, ".breadcrumb"), { recursive: true });
    const one = record(node, folder, ["dist/main.js"], ["--include", "src/main.ts"]);
    expect(one.places).toEqual(PLACES.slice(1));
    rmSync(join(folder, ".breadcrumb"), { recursive: true });
    const rest = record(node, folder, ["dist/main.js"], ["--exclude", "src/main.ts"]);
    expect(rest.places).toEqual(PLACES.slice(0, 1));
  });

  it("records a file with a bad map where Node has it, and says why", () => {
    const code = "function f() { return 1; }\nf();\n";
    const inline = (map: string) =>
      `data:application/json;base64,${Buffer.from(map).toString("base64")}`;
    const circular = JSON.stringify({ version: 3, sources: ["loop.js"], mappings: "AAAA" });
    const bad: Record<string, string> = {
      "missing.js": "missing.js.map",
      "text.js": inline("<html>"),
      "mappings.js": inline('{"version":3,"sources":[],"mappings":"AAAA"}'),
      "base64.js": "data:application/json;base64,*",
      "far.js": "https://example.com/far.js.map",
      "folder.js": "/",
      "huge.js": "huge.js.map",
    };
    const folder = project({ "loop.js.map": circular, "huge.js.map": "" });
    truncateSync(join(folder, "huge.js.map"), 100 << 20);
    for (const [name, url] of Object.entries({ ...bad, "loop.js": "loop.js.map" })) {
      writeFileSync(join(folder, name), `${code}//# sourceMappingURL=${url}\n`);
    }
    const names = [...Object.keys(bad), "loop.js"];
    writeFileSync(join(folder, "main.js"), names.map((name) => `require("./${name}");`).join("\n"));
    const { places, coverage } = record(node, folder, ["main.js"]);
    expect(places.toSorted()).toEqual(names.map((name) => `f ${name}:1`).toSorted());
    for (const { file, status, sourceMap } of coverage.files) {
      expect(status).toBe("instrumented");
      if (file in bad) expect(sourceMap, file).toMatch(/source map|larger than 64 MiB/);
      else expect(sourceMap).toBeUndefined();
    }
  });
});

describe("TypeScript that Node strips itself", () => {
  const [, node] = nodes.find(([name]) => name === "Node 24")!;

  it.each([[[]], [["--experimental-transform-types", "--no-warnings"]]])("with %j", (flags) => {
    const folder = project({
      "src/cart.ts": CART,
      "src/main.ts": MAIN.replace("./cart", "./cart.ts"),
      "package.json": '{"type":"module"}',
    });
    expect(record(node, folder, [...flags, "src/main.ts"]).places).toEqual(PLACES);
  });
});
