/** CommonJS files that the program itself translates on their way to the compiler. */
import { join } from "node:path";
import { describe, expect, it, vi } from "vitest";
import { openStore } from "../../ts/query/index";
import { cli, nodes, project, run } from "../support/program";

vi.mock("../../ts/native/load", () => ({ native: {} }));
const { kindOf } = await import("../../ts/hooks/commonjs");

/** Runs a program plain and traced: the same output, which is `output`; the functions recorded. */
async function traced(
  node: string,
  files: Readonly<Record<string, string>>,
  output: string,
): Promise<readonly unknown[]> {
  const folder = project(files);
  expect(run(node, ["main.js"], folder)).toMatchObject({ status: 0, stdout: output, stderr: "" });
  const ended = run(node, [cli, "run", "--quiet", "--", node, "main.js"], folder);
  expect(ended).toMatchObject({ status: 0, stdout: output, stderr: "" });
  const store = await openStore(join(folder, ".breadcrumb"));
  try {
    const sql = "SELECT function FROM calls WHERE file = 'translated.js' ORDER BY call_id";
    return (await store.sql(sql)).rows.map((row) => row["function"]);
  } finally {
    await store.close();
  }
}

describe("kindOf", () => {
  it("goes by the format that Node tells, then by the name", () => {
    expect(kindOf("/a.js", "module")).toBe("module");
    expect(kindOf("/a.ts", "typescript")).toBe("commonjs-typescript");
    expect(kindOf("/a.cts", undefined)).toBe("commonjs-typescript");
    expect(kindOf("/a.js", undefined)).toBe("commonjs");
  });
});

describe.each(nodes)("a program that translates its files on %s", (_name, node) => {
  const translated = "FUNCTION f(x) { return x + 1 } exports.f = f; exports.seen = SEEN;";
  const translate = `
    const seen = (text) => text.replace("SEEN", String(text.includes("$bc")));
    const translate = (text) => seen(text).replace("FUNCTION", "function");`;

  it("has its loader's own _compile called, with the file's own text (pirates)", async () => {
    const main = `${translate}
      const { _extensions } = require("node:module");
      const load = _extensions[".js"];
      _extensions[".js"] = (module, filename) => {
        const compile = module._compile;
        module._compile = function (text, name) {
          module._compile = compile;
          module._compile(translate(text), name);
        };
        load(module, filename);
      };
      const { f, seen: probes } = require("./translated.js");
      console.log(f(1), probes);`;
    const files = { "main.js": main, "translated.js": translated };
    expect(await traced(node, files, "2 false\n")).toEqual(["f"]);
  });

  it("has its wrap of Module.prototype._compile called, with the file's own text", async () => {
    const main = `${translate}
      const { prototype } = require("node:module");
      const compile = prototype._compile;
      prototype._compile = function (text, ...rest) {
        return Reflect.apply(compile, this, [translate(text), ...rest]);
      };
      const { f, seen: probes } = require("./translated.js");
      console.log(f(1), probes);`;
    const files = { "main.js": main, "translated.js": translated };
    expect(await traced(node, files, "2 false\n")).toEqual(["f"]);
  });

  it("has its _compile called where it made the module itself (rewire)", async () => {
    const main = `${translate}
      const Module = require("node:module");
      const load = Module._extensions[".js"];
      Module._extensions[".js"] = (module, filename) => {
        const compile = module._compile;
        module._compile = function (text, name) {
          module._compile = compile;
          module._compile(translate(text), name);
        };
        load(module, filename);
      };
      const made = new Module(require.resolve("./translated.js"), module);
      made.load(made.id);
      console.log(made.exports.f(1), made.exports.seen);`;
    const files = { "main.js": main, "translated.js": translated };
    expect(await traced(node, files, "2 false\n")).toEqual(["f"]);
  });

  it("has its Module.wrapper around the text, and columns counted from its start", async () => {
    const main = `
      const Module = require("node:module");
      const [head, tail] = Module.wrapper;
      Module.wrapper[0] += "/* é */ const q = () => 1;\\n/* 😀 */ (function () { ";
      Module.wrapper[1] = "\\n})();" + Module.wrapper[1];
      const at = (name) => require(name).f.call().stack.split("\\n")[1].replace(/.*:(?=\\d+:\\d+)/, "");
      const uncaught = (name) => { try { require(name) } catch (e) { return e.stack.split("\\n")[0] } };
      console.log(at("./translated.js"), uncaught("./broken.js").replace(/.*:/, ""));
      Module.wrapper = [head, tail];
      console.log(at("./other.js"), require("./other.js").f.toString());`;
    const text = `exports.f = () => { const x = () => 1; return new Error("a" + x()) };`;
    const files = {
      "main.js": main,
      "translated.js": text,
      "other.js": text,
      "broken.js": "\n} {",
    };
    const output = '2:71) 3\n1:109) () => { const x = () => 1; return new Error("a" + x()) }\n';
    expect(await traced(node, files, output)).toEqual(["f", "x"]);
  });
});
