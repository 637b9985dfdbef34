/** Files that a `_compile` of the program's compiles by itself are listed as left alone. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { cli, nodes, project, run } from "../support/program";

const FILES = {
  "main.js": `
    const { Breadcrumb } = require("breadcrumb-tracer");
    const Module = require("node:module");
    const path = require("node:path");
    const vm = require("node:vm");
    const { _compile } = Module.prototype;
    Module.prototype._compile = function (text, filename, ...rest) {
      if (!filename.includes("own-")) return Reflect.apply(_compile, this, [text, filename, ...rest]);
      require("./tool.js");
      const script = new vm.Script(Module.wrap(text), { filename });
      const id = (name) => this.require(name);
      return script.runInThisContext()(this.exports, id, this, filename, path.dirname(filename));
    };
    console.log(require("./own-first.js").f() + require("./passed.js").f());
    const { files } = Breadcrumb.coverage();
    // Behind this one comes none, and nobody asks.
    require("./own-last.js");
    for (const { file, status, reason } of files) console.log(file, status, reason);`,
  "own-first.js": `exports.f = () => require("./own-second.js").f();`,
  "own-second.js": `exports.f = () => "f";`,
  "own-last.js": "",
  "passed.js": `exports.f = () => "g";`,
  "tool.js": `exports.f = () => "h";`,
};

/** The files that the record of the run lists as left alone. */
function leftAloneIn(folder: string): string[] {
  const runs = join(folder, ".breadcrumb/runs");
  return readdirSync(runs)
    .map((name) => readFileSync(join(runs, name), "utf8"))
    .flatMap(
      (text) => (JSON.parse(text) as { files: { leftAlone: { file: string }[] } }).files.leftAlone,
    )
    .map(({ file }) => file)
    .toSorted();
}

const WHY = "a Module.prototype._compile of the program compiled it by itself";

describe.each(nodes)("a _compile that compiles by itself on %s", (_name, node) => {
  it("has its files listed as left alone, and no others", () => {
    const folder = project(FILES);
    const ended = run(node, [cli, "run", "--quiet", "--", node, "main.js"], folder);
    expect(ended).toMatchObject({ status: 0, stderr: "" });
    const [output, ...files] = ended.stdout.trim().split("\n");
    expect(output).toBe("fg");
    expect(files.toSorted()).toEqual([
      "main.js instrumented undefined",
      `own-first.js left-alone ${WHY}`,
      `own-second.js left-alone ${WHY}`,
      "passed.js instrumented undefined",
      "tool.js instrumented undefined",
    ]);
    expect(leftAloneIn(folder)).toEqual(["own-first.js", "own-last.js", "own-second.js"]);
  });
});
