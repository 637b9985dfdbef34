/**
 * A project's configuration as its programs find it: under `breadcrumb run`, with the preload alone, by the API.
 */
import Ajv from "ajv";
import { readFileSync, realpathSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import { cli, nodes, packageRoot, project, register, run } from "../support/program";

const APP = `
function kept(a) { return a; }
kept(1);
require("./gen/made.js")(2);
`;
const API = `
const { Breadcrumb } = require("breadcrumb-tracer");
Breadcrumb.start().then(async (session) => {
  require("./app.js");
  await session.stop();
});
`;
let folder: string;
beforeEach(() => {
  folder = realpathSync(
    project({
      "app.js": APP,
      "api.js": API,
      "gen/made.js": "module.exports = function made(a) { return a; };",
    }),
  );
});

const config = (name: string, text: string): void => writeFileSync(join(folder, name), text);

/** What was recorded: functions, with the arguments where there are any. */
function recorded(node: string): string[] {
  const sql = "SELECT DISTINCT function || coalesce(arguments, '') AS f FROM calls ORDER BY 1";
  const { stdout, stderr } = run(node, [cli, "query", sql, "--json"], folder);
  if (stdout === "") throw new Error(stderr);
  return (JSON.parse(stdout) as { rows: { f: string }[] }).rows.map(({ f }) => f);
}

const CODE = { exclude: ["gen/**", "api.js"], profiles: { quick: { mode: "time" } } };
const FILES: readonly (readonly [string, string])[] = [
  ["breadcrumb.config.json", JSON.stringify(CODE)],
  ["breadcrumb.config.mjs", `export default ${JSON.stringify(CODE)}`],
  ["breadcrumb.config.cjs", `module.exports = ${JSON.stringify(CODE)}`],
  ["package.json", JSON.stringify({ breadcrumb: CODE })],
];

describe.each(nodes)("on %s", (_name, node) => {
  test.each(FILES)("%s holds under run, with the preload, and for the API", (name, text) => {
    config(name, text);
    for (const argv of [
      [cli, "run", "--quiet", "app.js"],
      ["--require", register, "app.js"],
      ["api.js"],
    ]) {
      const ended = run(node, argv, folder);
      expect(ended, argv.join(" ")).toMatchObject({ status: 0, stdout: "", stderr: "" });
      expect(recorded(node), argv.join(" ")).toEqual(["kept[1]"]);
    }
  });

  test("flags come before the environment, that before the profile, that before the file", () => {
    config("breadcrumb.config.json", JSON.stringify({ ...CODE, store: "traces" }));
    const quick = ["--profile", "quick"];
    const show = (env = {}, ...flags: string[]): string[] => {
      const args = [cli, "run", "--quiet", ...flags, "app.js"];
      expect(run(node, args, folder, env)).toMatchObject({ status: 0, stderr: "" });
      const { stdout } = run(
        node,
        [
          cli,
          "query",
          "--json",
          "SELECT function || ':' || (arguments IS NOT NULL) AS f FROM calls WHERE run_id = (SELECT max(run_id) FROM runs) ORDER BY 1",
        ],
        folder,
      );
      return (JSON.parse(stdout) as { rows: { f: string }[] }).rows.map(({ f }) => f);
    };
    expect(show()).toEqual(["kept:true"]);
    expect(show({}, ...quick)).toEqual(["kept:false"]);
    expect(show({ BREADCRUMB_PROFILE: "quick" })).toEqual(["kept:false"]);
    expect(show({ NODE_ENV: "quick" })).toEqual(["kept:false"]);
    expect(show({ BREADCRUMB_MODE: "values" }, ...quick)).toEqual(["kept:true"]);
    expect(show({ BREADCRUMB_MODE: "values" }, ...quick, "--mode", "time")).toEqual(["kept:false"]);
    expect(show({ BREADCRUMB_EXCLUDE: "app.js" })).toEqual(["made:true"]);
    expect(show({}, "--no-config", "--store", "traces")).toEqual(["kept:true", "made:true"]);
  });

  test("a configuration that is wrong", () => {
    config("breadcrumb.config.json", '{ "exclde": [] }');
    const ended = run(node, [cli, "run", "app.js"], folder);
    expect(ended).toMatchObject({ status: 2, stdout: "" });
    expect(ended.stderr).toMatch(
      /^breadcrumb run: .*unknown option "exclde": did you mean "exclude"\?\n$/,
    );
    const preloaded = run(node, ["--require", register, "app.js"], folder);
    expect(preloaded.status).toBe(0);
    expect(preloaded.stderr).toContain("breadcrumb: not recording: ");
    expect(run(node, ["api.js"], folder).stderr).toContain("BC_ERR_BAD_OPTION");
    expect(run(node, [cli, "run", "--profile", "tset", "--", "true"], folder).status).toBe(2);
  });

  test("TypeScript where Node.js reads it, else an error that says what to do", () => {
    config("breadcrumb.config.ts", `const c: object = ${JSON.stringify(CODE)}; export default c;`);
    const ended = run(node, [cli, "run", "--quiet", "app.js"], folder);
    const isOld = Number(run(node, ["-p", "parseInt(process.versions.node)"], folder).stdout) < 22;
    if (isOld) {
      expect(ended.status).toBe(2);
      expect(ended.stderr).toContain("does not read TypeScript. Use Node.js 22.12 or newer");
      return;
    }
    expect(ended).toMatchObject({ status: 0, stderr: "" });
    expect(recorded(node)).toEqual(["kept[1]"]);
  });
});

test("the program does not see that its configuration ran", () => {
  config(
    "breadcrumb.config.cjs",
    "globalThis.seen = 1; console.log('noise'); module.exports = {};",
  );
  config(
    "look.js",
    "console.log(globalThis.seen, Object.keys(require.cache).filter((f) => /config/.test(f)).length)",
  );
  const { stdout, stderr } = run(process.execPath, ["--require", register, "look.js"], folder);
  expect({ stdout, stderr }).toEqual({ stdout: "undefined 0\n", stderr: "" });
});

test("config.schema.json takes what is documented, and refuses what the check refuses", () => {
  const ajv = new Ajv({ allErrors: true, allowUnionTypes: true });
  const validate = ajv.compile(
    JSON.parse(readFileSync(join(packageRoot, "config.schema.json"), "utf8")) as object,
  );
  const text = readFileSync(join(packageRoot, "docs/configuration.md"), "utf8");
  const [, example = ""] = /```json\n([\s\S]*?)```/.exec(text) ?? [];
  expect(validate(JSON.parse(example)), JSON.stringify(validate.errors)).toBe(true);
  for (const wrong of [
    { inclde: [] },
    { mode: "all" },
    { profiles: { a: { b: 1 } } },
    { retention: true },
  ]) {
    expect(validate(wrong)).toBe(false);
  }
});
