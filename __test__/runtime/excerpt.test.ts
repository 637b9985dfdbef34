/** The excerpts above errors, of programs that are run plain and traced. */
import { describe, expect, it } from "vitest";
import { cli, nodes, project, run } from "../support/program";

const HEAD = `const vm = require("node:vm");
class Fee { of(n) { if (n < 0) throw new RangeError("negative"); return n.cents } }
globalThis.fee = (n) => new Fee().of(n);
`;

const PROGRAMS = {
  "errors that leave a script": `${HEAD}
    const context = vm.createContext({ fee });
    for (const leave of [
      () => vm.runInContext("\\n  fee(-1)", context, "script.js"),
      () => vm.runInThisContext("fee(null)"),
      () => new vm.Script("try { fee(-2) } catch (e) { throw e }").runInNewContext({ fee }),
      () => vm.runInThisContext("(function () { null.x })()", { displayErrors: false }),
    ]) {
      try { leave(); } catch (error) { console.log(error.stack.split("    at ")[0]); }
    }`,
  "one that nobody catches behind it": `${HEAD}
    vm.runInContext("fee(-1)", vm.createContext({ fee }), "script.js");`,
  "one of a listener of uncaught errors": `
    process.on("uncaughtException", (error) => { const again = () => { throw error }; again(); });
    const fail = () => { if (fail) throw new Error("first") };
    fail();`,
};

/** What a program writes, without the frames of Node's own loader. */
function output(node: string, args: readonly string[], main: string): string {
  const folder = project({ "main.js": main });
  const { stdout, stderr, status } = run(node, [...args, "main.js"], folder);
  const text = `${stdout}${stderr}${status}`.replaceAll(folder, "");
  return text.replaceAll(/^ {4}at .*node:internal.*\n/gm, "");
}

const OVERFLOW = `
  const vm = require("node:vm");
  globalThis.over = function over(n) { return over(n + 1) + 1 };
  try { vm.runInThisContext("over(0)") } catch (error) { console.log(error.stack.split("\\n").slice(0, 5).join("\\n")) }
  over(0);`;

describe.each(nodes)("the excerpt on %s", (_name, node) => {
  it.each(Object.entries(PROGRAMS))("above %s is the program's", (_what, main) => {
    const traced = output(node, [cli, "run", "--quiet", "--", node], main);
    expect(traced).toBe(output(node, [], main));
    expect(traced).toContain("^");
  });

  it("above a stack overflow is of the program's own line", () => {
    const excerpt =
      /\/main\.js:3\n {2}globalThis\.over = function over\(n\) .*\n +\^\n\nRangeError: /g;
    for (const way of [[], [cli, "run", "--quiet", "--", node]]) {
      expect(output(node, way, OVERFLOW).match(excerpt)).toHaveLength(2);
    }
  });
});
