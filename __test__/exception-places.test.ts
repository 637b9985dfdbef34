/** Where exceptions are said to have been thrown and caught: the lines that their author wrote. */
import { rmSync } from "node:fs";
import { stripTypeScriptTypes } from "node:module";
import { join } from "node:path";
import { transformSync } from "esbuild";
import { minify } from "terser";
import ts from "typescript";
import { describe, expect, it } from "vitest";
import { openStore, type RecordedException } from "../ts/query/index";
import { cli, nodes, project, run } from "./support/program";

/** Each `catch` says in a comment what it catches. */
const PROGRAM = `function fail(what: string): never {
  throw new Error(what);
}
function several(this: unknown, n: number): string {
  try {
    fail("one");
  } catch (error) { // one
    n += 1;
  }
  try { fail("two") } catch { n += 1; } // two
  for (let i = 0; i < 2; i++) {
    try {
      fail("three");
    }
    catch ({ message }) { // three
      try {
        fail("four");
      } catch // four
      (inner) {
        n += (message as string).length;
      }
    }
  }
  const nested = (): void => {
    try { fail("five"); }
    catch { n += 1; } // five
  };
  nested();
  return \`\${n}\`;
}
async function waits(): Promise<void> {
  try { await null; } catch { fail("never"); }
  try {
    await Promise.reject(new Error("six"));
  } catch (error: unknown) { // six
    try {
      await later("seven");
    } catch { // seven
      await null;
    }
  }
}
async function later(what: string): Promise<void> { // function
  await null;
  for (const one of [what]) { // block
    fail(one);
  }
}
function* generates(): Generator<number> {
  try {
    yield 1;
  } catch (error) { // eight
    yield 2;
  }
}
function again(): void {
  try {
    try {
      fail("nine");
    } catch (error) {
      throw error;
    }
  } catch (error) { // nine
  }
}
console.log(several(1));
const generator = generates();
generator.next();
generator.throw(new Error("eight"));
again();
void waits().then(() => console.log("end"));
`;
const NAMES = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine"];
const lineOf = (comment: string): number =>
  PROGRAM.split("\n").findIndex((line) => line.endsWith(`// ${comment}`)) + 1;
/** The line of the clause that catches it. */
const CLAUSES = Object.fromEntries(NAMES.map((name) => [name, lineOf(name)]));
const JAVASCRIPT = ts.transpileModule(PROGRAM, {
  fileName: "main.ts",
  compilerOptions: { target: ts.ScriptTarget.ES2022, sourceMap: true },
});

/** Runs a program traced; its exceptions, the eldest first. */
async function record(
  node: string,
  files: Readonly<Record<string, string>>,
  program: readonly string[],
): Promise<{ readonly exceptions: readonly RecordedException[]; readonly folder: string }> {
  const folder = project(files);
  const plain = run(node, program, folder);
  const traced = run(node, [cli, "run", "--quiet", "--locals", "--", node, ...program], folder);
  expect(traced).toEqual(plain);
  return { exceptions: await exceptionsOf(folder), folder };
}

async function exceptionsOf(folder: string): Promise<readonly RecordedException[]> {
  const store = await openStore(join(folder, ".breadcrumb"));
  const { items } = await store.exceptions();
  await store.close();
  return items.toReversed();
}

/** The lines of the clauses by what they caught, all in one file. */
function caughtOn(exceptions: readonly RecordedException[], file: string): Record<string, number> {
  const known = exceptions.map(({ message, caughtBy }) => {
    expect(caughtBy?.file, message).toBe(file);
    return [message, caughtBy?.line] as const;
  });
  return Object.fromEntries(known) as Record<string, number>;
}

describe.each(nodes)("exceptions on %s", (_name, node) => {
  it("were caught on the lines of their catch clauses, merged or not", async () => {
    // On the same lines.
    const main = stripTypeScriptTypes(PROGRAM);
    const { exceptions, folder } = await record(node, { "main.js": main }, ["main.js"]);
    expect(caughtOn(exceptions, "main.js")).toEqual(CLAUSES);
    run(node, [cli, "run", "--quiet", "--", node, "main.js"], folder);
    const both = await exceptionsOf(folder);
    const merged = run(node, [cli, "compact", "--json"], folder);
    expect(JSON.parse(merged.stdout)).toMatchObject({ into: 1 });
    expect(await exceptionsOf(folder)).toEqual(both);
    expect(caughtOn(both, "main.js")).toEqual(CLAUSES);
    expect(run(node, [cli, "exceptions"], folder).stdout).toContain(
      `caught by nested (main.js:${CLAUSES.five})`,
    );
  });

  it("were caught where the source of what was compiled says so", async () => {
    const map = JAVASCRIPT.sourceMapText!;
    const oneLine = transformSync(PROGRAM, {
      loader: "ts",
      minify: true,
      sourcemap: "external",
      sourcefile: "main.ts",
      format: "cjs",
    });
    expect(oneLine.code.trim().split("\n")).toHaveLength(1);
    const small = await minify(
      { "main.js": JAVASCRIPT.outputText },
      { toplevel: true, compress: false, sourceMap: { content: map, url: "main.js.map" } },
    );
    const built = {
      tsc: [JAVASCRIPT.outputText, map],
      esbuild: [`${oneLine.code}//# sourceMappingURL=main.js.map\n`, oneLine.map],
      terser: [small.code!, small.map as string],
    };
    for (const [tool, [code, mapping]] of Object.entries(built)) {
      const files = { "main.js": code!, "main.js.map": mapping! };
      // oxlint-disable-next-line no-await-in-loop -- programs one after the other, as elsewhere
      const { exceptions, folder } = await record(node, files, ["main.js"]);
      // esbuild's map has no place for the keyword, which is on another line there.
      const four = tool === "esbuild" ? lineOf("four") + 1 : lineOf("four");
      expect(caughtOn(exceptions, "main.ts"), tool).toEqual({ ...CLAUSES, four });
      const left = exceptions.find(({ message }) => message === "seven")?.crossed[1];
      expect(left?.locals?.map(({ scope, line }) => [scope, line])).toEqual([
        ["block", lineOf("block")],
        ["function", lineOf("function")],
      ]);
      rmSync(folder, { recursive: true });
    }
  });
});

/** Statements over several lines, each of which throws an error. */
const THROWS = [
  "throw new Error(\n    'text',\n  );",
  "throw new\n    Error(\n    'text',\n  );",
  "throw makeError(\n    'text'\n  );",
  "throw make\n    .error('text')\n  ;",
  "throw (\n    1, new Error('text')\n  );",
  "throw a\n    ? new TypeError(\n      'text')\n    : b;",
  "throw Object.assign(\n    new Error('text'),\n    { code: 1 },\n  );",
  "throw (() => {\n    return new Error('text');\n  })();",
  "throw a.cause ??\n    new Error('text');",
  "throw /* why */ a\n\n",
  "throw makeError`text\n  more`;",
];

describe.each(nodes)("what a statement over several lines throws on %s", (_name, node) => {
  it("was thrown on the line of the uncaught error's header", async () => {
    const main = `const makeError = (text) => new Error(text), make = { error: makeError };
const a = new Error("a"), b = new RangeError("b");
const all = [
${THROWS.map((statement) => `() => {\n  a;\n  ${statement}\n},`).join("\n")}
];
all[process.argv[2]]();
`;
    const folder = project({ "main.js": main });
    for (const index of THROWS.keys()) {
      const plain = run(node, ["main.js", `${index}`], folder);
      const args = [cli, "run", "--quiet", "--", node, "main.js", `${index}`];
      expect(run(node, args, folder)).toEqual(plain);
      const header = Number(/main\.js:(\d+)\n/.exec(plain.stderr)?.[1]);
      // oxlint-disable-next-line no-await-in-loop -- programs one after the other, as elsewhere
      const last = (await exceptionsOf(folder)).at(-1);
      expect(last, THROWS[index]).toMatchObject({
        handled: "uncaught",
        thrownFrom: { file: "main.js", line: header },
      });
      rmSync(join(folder, ".breadcrumb"), { recursive: true });
    }
  });
});

it("exceptions of TypeScript that Node strips itself were caught on its lines", async () => {
  const [, node] = nodes.find(([name]) => name === "Node 24")!;
  const { exceptions } = await record(node, { "main.ts": PROGRAM }, ["main.ts"]);
  expect(caughtOn(exceptions, "main.ts")).toEqual(CLAUSES);
});
