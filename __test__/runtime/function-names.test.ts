import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { nodes, project, register, run } from "../support/program";

const PROGRAM = readFileSync(join(import.meta.dirname, "fixtures/function-names.cjs"), "utf8");
const AS_MODULE = PROGRAM.replace(
  /const util = require.*\nconst fs = require.*\n/,
  'import util from "node:util";\nimport fs from "node:fs"; const module = { exports: {} };\n',
);

describe.each(nodes)("names of functions in stacks on %s", (_name, node) => {
  function told(file: string, text: string, isTraced: boolean, options: string[] = []): string {
    const folder = project({ [file]: text });
    const env = { BREADCRUMB_DIR: `${folder}/store`, BREADCRUMB_OPTIONS: '{"all":true}' };
    const args = [...options, ...(isTraced ? ["--require", register] : []), file];
    const { stderr } = run(node, args, folder, env);
    const written = readFileSync(join(folder, "told.txt"), "utf8");
    return `${written}\n${stderr}`.replaceAll(folder, "");
  }

  it.each(["app.cjs", "app.mjs"])("are those of the original in %s", (file) => {
    const text = file === "app.mjs" ? AS_MODULE : PROGRAM;
    const plain = told(file, text, false);
    expect(plain.split("\n").length).toBeGreaterThan(500);
    expect(told(file, text, true).split("\n")).toEqual(plain.split("\n"));
  });

  it("are so with source maps on", () => {
    const options = ["--enable-source-maps"];
    const plain = told("app.cjs", PROGRAM, false, options);
    expect(told("app.cjs", PROGRAM, true, options).split("\n")).toEqual(plain.split("\n"));
  });
});
