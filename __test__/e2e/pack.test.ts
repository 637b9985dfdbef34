/**
 * The packages as users get them: packed, installed into an empty folder with nothing on the PATH
 * but Node and npm, and used there: `npx breadcrumb run`, `list`, and README's example in ESM,
 * CommonJS and TypeScript.
 */
import { execFileSync, spawnSync } from "node:child_process";
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { nodeBinary, testedVersions } from "../../scripts/node-versions.mjs";

const ROOT = join(import.meta.dirname, "../..");
/** Variables of this process that an installed package must do without. */
const NOT_KEPT =
  /^(?:BREADCRUMB_|NODE_OPTIONS$|NODE_PATH$|VITEST|CARGO|RUST|npm_(?:package|lifecycle)_)/;
const home = mkdtempSync(join(tmpdir(), "breadcrumb-pack-"));
const project = join(home, "project");
afterAll(() => rmSync(home, { recursive: true, force: true }));

/** README's files by name: blocks of code whose first line is a comment with it. */
const readme = readFileSync(join(ROOT, "README.md"), "utf8");
const files = new Map(
  [...readme.matchAll(/```js\n\/\/ (\S+)\n([^`]*(?:`[^`]+`[^`]*)*?)```/g)].map((match) => [
    match[1] ?? "",
    match[2] ?? "",
  ]),
);
/** What README says that its example prints. */
const printed = /\$ node main\.mjs\n([\s\S]*?)\n\n/.exec(readme)?.[1] ?? "";
const shown = /\$ npx breadcrumb show latest\n([\s\S]*?)```/.exec(readme)?.[1] ?? "";

beforeAll(() => {
  const tarballs = [packMain(), packPlatform()];
  mkdirSync(project);
  writeFileSync(join(project, "package.json"), '{ "name": "shop", "private": true }\n');
  const install = ["install", "--no-audit", "--no-fund", "--loglevel=error", ...tarballs];
  const result = npm(install, project, environment(process.execPath));
  expect(result.status, result.stdout + result.stderr).toBe(0);
});

test("the package holds what its manifest names, and types that resolve", () => {
  const tool = (name: string): string => join(ROOT, "node_modules/.bin", name);
  const publint = spawnSync(tool("publint"), ["--strict"], { cwd: ROOT, encoding: "utf8" });
  expect(publint.status, publint.stdout + publint.stderr).toBe(0);
  const tarball = tarballOf(/^breadcrumb-tracer-\d/);
  const attw = spawnSync(tool("attw"), ["--profile", "node16", tarball], { encoding: "utf8" });
  expect(attw.status, attw.stdout + attw.stderr).toBe(0);
});

describe.each(testedVersions())("on Node %i", (major: number) => {
  const node = nodeBinary(major);
  const env = environment(node);
  const folder = join(project, `node${major}`);
  const npx = (...args: string[]): ReturnType<typeof npm> => {
    return npm(["exec", "--offline", "--loglevel=error", "--", "breadcrumb", ...args], folder, env);
  };
  const run = (...args: string[]): ReturnType<typeof npm> =>
    spawnSync(node, args, { cwd: folder, env, encoding: "utf8" });

  beforeAll(() => {
    mkdirSync(folder);
    writeFileSync(join(folder, "package.json"), '{ "name": "shop", "private": true }\n');
    for (const [name, text] of files) writeFileSync(join(folder, name), text);
  });

  test("README's example prints what README says", () => {
    const result = run("main.mjs");
    expect(result).toMatchObject({ stderr: "", status: 0 });
    expect(result.stdout.trim()).toBe(printed);
    const tree = npx("show", "latest");
    expect(tree.stderr).toBe("");
    expect(withoutTimes(tree.stdout)).toBe(withoutTimes(shown));
  });

  test("README's example in CommonJS", () => {
    const [main = "", shop = ""] = [files.get("main.mjs"), files.get("shop.mjs")];
    const commonJs = main
      .replace(
        /^import (.*) from "breadcrumb-tracer";$/m,
        'const $1 = require("breadcrumb-tracer");',
      )
      .replaceAll("shop.mjs", "shop.cjs");
    writeFileSync(
      join(folder, "shop.cjs"),
      shop.replace("export async", "exports.checkout = async"),
    );
    writeFileSync(join(folder, "main.cjs"), `(async () => {\n${commonJs}\n})();\n`);
    const result = run("main.cjs");
    expect(result).toMatchObject({ stderr: "", status: 0 });
    expect(result.stdout.trim()).toBe(printed);
  });

  test("README's example in TypeScript, type-checked", () => {
    const source = join(folder, "typescript");
    mkdirSync(source);
    const [main = "", shop = ""] = [files.get("main.mjs"), files.get("shop.mjs")];
    writeFileSync(join(source, "package.json"), '{ "type": "module", "private": true }\n');
    writeFileSync(join(source, "shop.ts"), typed(shop));
    writeFileSync(
      join(source, "main.ts"),
      main.replaceAll("shop.mjs", "shop.js").replace("(error)", "(error: Error)"),
    );
    const options = ["--module", "nodenext", "--target", "es2022", "--strict", "--types", "node"];
    const roots = [
      "--typeRoots",
      join(ROOT, "node_modules/@types"),
      "--lib",
      "es2023,esnext.disposable",
    ];
    const tsc = join(ROOT, "node_modules/typescript/bin/tsc");
    const compiled = spawnSync(node, [tsc, ...options, ...roots, "main.ts"], {
      cwd: source,
      encoding: "utf8",
    });
    expect(compiled.stdout).toBe("");
    const result = spawnSync(node, ["main.js"], { cwd: source, env, encoding: "utf8" });
    expect(result).toMatchObject({ stderr: "", status: 0 });
    expect(result.stdout.trim()).toBe(printed);
  });

  test("npx breadcrumb run and list", () => {
    writeFileSync(
      join(folder, "app.js"),
      'import("./shop.mjs").then(({ checkout }) => checkout([{ price: 300, count: 2 }]));\n',
    );
    const ran = npx("run", "--store", "app-store", "app.js");
    expect(ran.status).toBe(0);
    expect(ran.stderr).toContain("breadcrumb: 1 run, 5 calls, 0 exceptions");
    const listed = npx("list", "--store", "app-store");
    expect(listed).toMatchObject({ stderr: "", status: 0 });
    expect(listed.stdout).toMatch(/5 calls/);
  });

  test("the server as `breadcrumb init` and the plugin start it", () => {
    expect(npx("init", "--agent", "claude", "--yes")).toMatchObject({ stderr: "", status: 0 });
    const plugin = join(project, "node_modules/breadcrumb-tracer/plugin");
    for (const written of [join(folder, ".mcp.json"), join(plugin, ".mcp.json")]) {
      const { command, args } = JSON.parse(readFileSync(written, "utf8")).mcpServers.breadcrumb;
      expect(command).toBe("npx");
      const clientInfo = { name: "test", version: "1" };
      const params = { protocolVersion: "2025-06-18", capabilities: {}, clientInfo };
      const { stdout, stderr } = spawnSync(node, [npmScript("npx"), "--offline", ...args], {
        cwd: folder,
        env,
        encoding: "utf8",
        input: `${JSON.stringify({ jsonrpc: "2.0", id: 1, method: "initialize", params })}\n`,
      });
      expect(stdout, stderr).toContain('"serverInfo":{"name":"breadcrumb"');
    }
    const skill = "skills/breadcrumb/SKILL.md";
    expect(readFileSync(join(plugin, skill))).toEqual(readFileSync(join(folder, ".claude", skill)));
  });

  test("named exports, imported and required", () => {
    for (const [name, symbol] of [
      ["breadcrumb-tracer", "Breadcrumb"],
      ["breadcrumb-tracer", "BreadcrumbError"],
      ["breadcrumb-tracer/query", "openStore"],
    ]) {
      const esm = `import { ${symbol} } from "${name}"; console.log(typeof ${symbol});`;
      const cjs = `console.log(typeof require("${name}").${symbol});`;
      const [imported, required] = [run("--input-type=module", "-e", esm), run("-e", cjs)];
      expect(imported.stdout, imported.stderr).not.toBe("undefined\n");
      expect(required.stdout, required.stderr).toBe(imported.stdout);
    }
  });
});

function packMain(): string {
  execFileSync("npm", ["pack", "--silent", "--pack-destination", home], { cwd: ROOT });
  return tarballOf(/^breadcrumb-tracer-\d/);
}

/** This platform's package, with the addon that the build left beside the package's root. */
function packPlatform(): string {
  const addon = readdirSync(ROOT).find((name) => name.endsWith(".node")) ?? "no addon";
  const platform = addon.replace(/^breadcrumb-tracer\.(.*)\.node$/, "$1");
  const folder = join(home, "platform");
  cpSync(join(ROOT, "npm", platform), folder, { recursive: true });
  copyFileSync(join(ROOT, addon), join(folder, addon));
  execFileSync("npm", ["pack", "--silent", "--pack-destination", home], { cwd: folder });
  return tarballOf(new RegExp(`^breadcrumb-tracer-${platform}-\\d`));
}

function tarballOf(pattern: RegExp): string {
  const name = readdirSync(home).find((each) => pattern.test(each) && each.endsWith(".tgz"));
  if (name === undefined) throw new Error(`npm pack made no ${pattern}`);
  return join(home, name);
}

/** A PATH with Node, npm and a shell, and nothing else: no Rust, no compiler. */
function environment(node: string): NodeJS.ProcessEnv {
  const bin = join(home, `bin-${node.replaceAll(/\W+/g, "-").slice(-30)}`);
  rmSync(bin, { recursive: true, force: true });
  mkdirSync(bin, { recursive: true });
  symlinkSync(node, join(bin, "node"));
  symlinkSync("/bin/sh", join(bin, "sh"));
  const kept = Object.entries(process.env).filter(([name]) => !NOT_KEPT.test(name));
  return { ...Object.fromEntries(kept), PATH: bin };
}

/** Runs npm itself, the one that runs this test, on the Node of an environment. */
function npm(args: readonly string[], cwd: string, env: NodeJS.ProcessEnv) {
  const script = process.env["npm_execpath"] ?? npmScript("npm");
  return spawnSync(join(env["PATH"] ?? "", "node"), [script, ...args], {
    cwd,
    env,
    encoding: "utf8",
  });
}

/** npm's own scripts, where the `npm` of the PATH is. */
function npmScript(name: "npm" | "npx"): string {
  const places = (process.env["PATH"] ?? "").split(delimiter).map((place) => join(place, "npm"));
  const npmOfPath = places.find((place) => existsSync(place));
  if (npmOfPath === undefined) throw new Error("there is no npm on the PATH");
  return join(dirname(realpathSync(npmOfPath)), `${name}-cli.js`);
}

/** The same text whatever the times, ids and places were. */
function withoutTimes(text: string): string {
  return text
    .replace(/^trace .*\n.*\n/, "")
    .replaceAll(/^\s*[\d.,]+ [nµm]?s\s+[\d.,]+ [nµm]?s\s+/gm, "")
    .trim();
}

/** README's shop with the types that TypeScript asks for. */
function typed(shop: string): string {
  return shop
    .replace("({ price, count })", "({ price, count }: Item)")
    .replace("(net)", "(net: number)")
    .replace("(items)", "(items: Item[])")
    .replace(/^/, "interface Item { price: number; count: number }\n");
}
