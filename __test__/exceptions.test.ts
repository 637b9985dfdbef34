/** What is recorded of exceptions, from `breadcrumb run` to the answers of the store. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { openStore, type RecordedException } from "../ts/query/index";
import { cli, nodes, project, run } from "./support/program";

/** Records a program: its exceptions, the eldest first. */
async function record(
  node: string,
  main: string,
  args: readonly string[] = [],
  files: Readonly<Record<string, string>> = {},
): Promise<{
  exceptions: RecordedException[];
  stderr: string;
  folder: string;
  stdout: string;
}> {
  const folder = project({ ...files, "main.js": main });
  const { stderr, stdout } = run(
    node,
    [cli, "run", "--quiet", ...args, "--", node, "main.js"],
    folder,
  );
  const store = await openStore(join(folder, ".breadcrumb"));
  const { items } = await store.exceptions();
  await store.close();
  return { exceptions: items.toReversed(), stderr, stdout, folder };
}

const scopes = (exception: RecordedException | undefined): unknown[][][] =>
  (exception?.crossed ?? []).map(({ locals = [] }) =>
    locals.map(({ variables, closure }) => (closure ? [variables, closure] : [variables])),
  );
const UNINITIALIZED = { $type: "uninitialized" };
const UNDEFINED = { $type: "undefined" };

describe.each(nodes)("exceptions on %s", (_name, node) => {
  it("say where they were thrown, who caught them, and what they left", async () => {
    const { exceptions } = await record(
      node,
      `function inner() {
        throw new TypeError("bad");
      }
      function middle() { inner(); }
      function outer() { try { middle() } catch (e) { return e.name } }
      outer();`,
    );
    expect(exceptions).toHaveLength(1);
    expect(exceptions[0]).toMatchObject({
      handled: "caught",
      calls: 2,
      thrownFrom: { file: "main.js", line: 2, column: 15 },
      caughtBy: { function: "outer", file: "main.js", line: 5 },
      crossed: [{ function: "inner" }, { function: "middle" }],
    });
    expect(exceptions[0]?.crossed[0]).not.toHaveProperty("locals");
  });

  it("leave the program's own process.emit as it is, which is called with them", async () => {
    const { exceptions, folder } = await record(
      node,
      `const { emit } = process;
      process.emit = function (...args) { return emit.apply(this, args) };
      null.x;`,
    );
    expect(exceptions).toMatchObject([{ name: "TypeError", handled: "uncaught", calls: 0 }]);
    const store = await openStore(join(folder, ".breadcrumb"));
    const { rows } = await store.sql("SELECT DISTINCT function, status FROM calls");
    await store.close();
    expect(rows).toEqual([{ function: "process.emit", status: "returned" }]);
  });

  it("are one where they are thrown again after others, and linked where one wraps another", async () => {
    const { exceptions } = await record(
      node,
      `function low() { throw new Error("low") }
      function other() { throw new RangeError("other") }
      function keep() {
        try { low() } catch (e) {
          try { other() } catch {}
          throw e;
        }
      }
      function wrap() { try { keep() } catch (e) { throw new Error("wrapped", { cause: e }) } }
      try { wrap() } catch {}`,
    );
    expect(exceptions.map(({ message, calls, handled }) => [message, calls, handled])).toEqual([
      ["low", 2, "caught"],
      ["other", 1, "caught"],
      ["wrapped", 1, "caught"],
    ]);
    const [low, , wrapped] = exceptions;
    expect(wrapped).toMatchObject({
      causeId: low?.exceptionId,
      causes: [{ name: "Error", message: "low", exceptionId: low?.exceptionId }],
    });
  });

  it("are known where nobody names what is caught", async () => {
    const { exceptions } = await record(
      node,
      `function parse() { return JSON.parse("{") }
      function tries() { try { parse() } catch { return 1 } }
      function reads() { try { null.x } catch { return 2 } }
      tries(); reads();
      try { parse() } catch {}
      try { undefined.y } catch {}`,
    );
    expect(exceptions.map(({ name, handled, calls }) => [name, handled, calls])).toEqual([
      ["SyntaxError", "caught", 1],
      ["TypeError", "caught", 0],
      ["SyntaxError", "caught", 1],
      ["TypeError", "caught", 0],
    ]);
  });

  it("say where native code threw, though nobody has read the stack", async () => {
    const { exceptions, stdout } = await record(
      node,
      `function reads(o) { try {
          return o.name.first;
        } catch (e) { e.message = "about " + e.message; return e.stack.split("\\n")[0] }
      }
      function calls() {
        missing();
      }
      function through() { try { calls() } catch (e) { return e.name } }
      async function rejects(o) {
        await 1;
        return o.a.b;
      }
      console.log(reads({}));
      through();
      rejects({}).catch(() => {});`,
    );
    expect(stdout).toMatch(/^TypeError: about Cannot read/);
    expect(exceptions.map(({ thrownFrom, ...one }) => [one.function, thrownFrom])).toEqual([
      ["reads", { file: "main.js", line: 2, column: 25 }],
      ["calls", { file: "main.js", line: 6, column: 9 }],
      ["rejects", { file: "main.js", line: 11, column: 20 }],
    ]);
  });

  it("are known from the stack that code without probes reads of them", async () => {
    const { exceptions } = await record(
      node,
      `const { attempt } = require("./node_modules/lib");
      const stray = () => new RangeError("stray");
      function find(id) { return id === 1 ? { name: "a" } : undefined }
      function handler(id) {
        return find(id).name;
      }
      function parse(text) { return JSON.parse(text) }
      const fresh = stray();
      attempt(handler, 1);
      attempt(handler, 2);
      attempt(parse, "{");
      attempt(() => { throw new Error("own") });
      void fresh.stack;`,
      [],
      {
        "node_modules/lib/index.js": `exports.attempt = (f, a) => {
          try { return f(a) } catch (e) { return e.stack.length }
        };`,
      },
    );
    expect(exceptions).toMatchObject([
      {
        name: "TypeError",
        message: expect.stringMatching(/^Cannot read properties of undefined/) as string,
        function: "handler",
        handled: "unknown",
        thrownFrom: { file: "main.js", line: 5, column: 24 },
        stack: expect.stringMatching(
          /^TypeError: .*\n {4}at handler .*\n {4}at .*attempt/,
        ) as string,
      },
      {
        name: "SyntaxError",
        function: "parse",
        thrownFrom: { file: "main.js", line: 7 },
      },
      { name: "Error", message: "own" },
    ]);
  });

  it("are not known from another error's stack", async () => {
    const { exceptions } = await record(
      node,
      `const { swallow } = require("./node_modules/lib");
      function fails(o) { return o.a.b }
      function other() { return new RangeError("other") }
      swallow(fails, {});
      void other().stack;
      void new Error("top").stack;
      function still() { swallow(fails, {}); void new Error("running").stack }
      still();`,
      [],
      {
        "node_modules/lib/index.js": `exports.swallow = (f, a) => {
          try { return f(a) } catch {}
        };`,
      },
    );
    expect(exceptions.map(({ name, message }) => [name, message])).toEqual([
      ["unknown", ""],
      ["unknown", ""],
    ]);
  });

  it("have causes that nobody threw, without end, and the errors of an AggregateError", async () => {
    const { exceptions } = await record(
      node,
      `function chain() {
        const first = new Error("a", { cause: new TypeError("b", { cause: 7 }) });
        throw first;
      }
      function round() { const e = new Error("round"); e.cause = e; throw e }
      function getter() { const e = new Error("getter"); Object.defineProperty(e, "cause", { get() { console.log("called") } }); throw e }
      const fail = async (n) => { throw new Error("n" + n) };
      async function any() { try { await Promise.any([fail(1), fail(2)]) } catch (e) { throw e } }
      for (const f of [chain, round, getter]) try { f() } catch {}
      any().catch(() => {});`,
    );
    const of = (message: string) => exceptions.find((one) => one.message === message);
    expect(of("a")?.causes).toEqual([
      { name: "TypeError", message: "b", exceptionId: null },
      { name: "number", message: "7", exceptionId: null },
    ]);
    expect(of("round")?.causes).toHaveLength(5);
    expect(of("getter")?.causes).toEqual([]);
    const all = exceptions.find(({ name }) => name === "AggregateError");
    expect(all?.errors).toEqual([
      { name: "Error", message: "n1", exceptionId: of("n1")?.exceptionId },
      { name: "Error", message: "n2", exceptionId: of("n2")?.exceptionId },
    ]);
  });

  it("tell concurrent rejections of equal content apart, however late they are handled", async () => {
    const { exceptions } = await record(
      node,
      `const later = (ms) => new Promise((done) => setTimeout(done, ms));
      async function fail() { await later(1); throw new Error("equal") }
      async function first(p) { await later(30); try { await p } catch {} }
      async function main() {
        const [a, b] = [fail(), fail()];
        b.catch(() => {});
        a.catch(() => {});
        await first(a);
      }
      main();`,
    );
    expect(exceptions.map(({ handled }) => handled).toSorted()).toEqual(["caught", "unknown"]);
    expect(exceptions.find(({ handled }) => handled === "caught")?.caughtBy?.function).toBe(
      "first",
    );
  });

  it("have the variables of blocks, function and closure that they left", async () => {
    const { exceptions, stderr } = await record(
      node,
      `function make(base) {
        let hits = 0;
        return function pick(list, { key }) {
          for (const item of list) {
            hits += 1;
            for (let i = 0; i < 3; i++) if (i > 1) break;
            { const passed = 1; }
            if (item.n > base) {
              const wanted = item[key];
              wanted.deeper.still;
              const never = 1;
            }
          }
        };
      }
      class Shelf { name = "s"; take(pick, n) { const list = [{ n: 1 }, { n }]; this.name += 1; return pick(list, { key: "x" }) } }
      new Shelf().take(make(5), 9);`,
      ["--locals"],
    );
    expect(stderr).toContain("wanted.deeper.still");
    expect(scopes(exceptions[0])).toEqual([
      [
        [{ wanted: UNDEFINED, never: UNINITIALIZED }],
        [{ item: { n: 9 } }],
        [
          { list: [{ n: 1 }, { n: 9 }], key: "x" },
          { base: 5, hits: 2 },
        ],
      ],
      [
        [
          {
            this: { $class: "Shelf", name: "s1" },
            pick: { $type: "function", name: "pick" },
            n: 9,
            list: [{ n: 1 }, { n: 9 }],
          },
        ],
      ],
    ]);
  });

  it("have the variables of the place, after catch, finally, break and await", async () => {
    const { exceptions } = await record(
      node,
      `const boom = (text) => { throw new Error(text) };
      function caught() { try { const inTry = 1; boom("x") } catch (e) { const inCatch = 2; boom("caught") } }
      function swallowed() { try { const inTry = 1; boom("y") } catch {} boom("swallowed") }
      function passed() { let f = 0; try { const inTry = 1; boom("passed") } finally { const inFinally = 2; f = inFinally } }
      function labeled() { out: for (const a of [1]) { for (const b of [2]) { const c = 3; continue out } } boom("labeled") }
      function* generated() { const before = 1; yield before; const after = 2; boom("generated") }
      async function awaited() { const before = 1; await null; const after = 2; boom("awaited") }
      for (const f of [caught, swallowed, passed, labeled, () => [...generated()]]) try { f() } catch {}
      awaited().catch(() => {});`,
      ["--locals"],
    );
    const of = (message: string) =>
      scopes(exceptions.find((one) => one.message === message))[1]?.map(([own]) => own);
    expect(of("caught")?.[0]).toMatchObject({
      inCatch: 2,
      e: { $type: "error", message: "x" },
    });
    expect(of("swallowed")).toEqual([]);
    expect(of("passed")).toEqual([{ inTry: 1 }, { f: 2 }]);
    expect(of("labeled")).toEqual([]);
    expect(of("generated")).toEqual([{ before: 1, after: 2 }]);
    expect(of("awaited")).toEqual([{ before: 1, after: 2 }]);
  });

  it("run no getter and no trap, and pass over calls beyond ten a second", async () => {
    const { exceptions, stdout } = await record(
      node,
      `const trap = new Proxy({}, { get() { console.log("called") }, ownKeys() { console.log("called") } });
      function f(n) { const o = { get x() { console.log("called") } }, p = trap, password = "hunter2"; throw new Error(n) }
      for (let n = 0; n < 25; n++) try { f(n) } catch {}
      console.log("end");`,
      ["--locals"],
    );
    expect(stdout).toBe("end\n");
    expect(exceptions).toHaveLength(25);
    const first = exceptions[0]?.crossed[0]?.locals?.[0];
    expect(first?.variables).toEqual({
      n: 0,
      o: { x: { $type: "accessor" } },
      p: { $type: "proxy" },
      password: { $type: "redacted", rule: "password" },
    });
    const skipped = exceptions.filter(({ crossed }) => crossed[0]?.locals?.[0]?.$cut === "rate");
    // The loop may stand in two seconds.
    expect(skipped.length).toBeGreaterThanOrEqual(5);
    expect(skipped.length).toBeLessThanOrEqual(15);
    expect(skipped[0]?.crossed[0]?.locals?.[0]?.variables).toEqual({});
  });

  it("are the same to the program with variables as without", async () => {
    const main = `"use strict";
      function deep(n) { const o = { n }; if (n === 0) return o.missing.x; { let m = n - 1; return deep(m) } }
      process.on("exit", () => console.log(deep.toString().length, (() => {}).name === ""));
      deep(3);`;
    const folder = project({ "main.js": main });
    const plain = run(node, ["main.js"], folder);
    const traced = run(node, [cli, "run", "--quiet", "--locals", "--", node, "main.js"], folder);
    expect(traced).toEqual(plain);
    const off = run(node, [cli, "run", "--quiet", "--", node, "main.js"], folder, {
      BREADCRUMB_LOCALS: "1",
    });
    expect(off).toEqual(plain);
    const store = await openStore(join(folder, ".breadcrumb"));
    const { items } = await store.exceptions();
    expect(items.map(({ crossed }) => crossed.every(({ locals }) => locals !== undefined))).toEqual(
      [true, true],
    );
    await store.close();
  });
});

it("planted secrets in variables, messages and causes are in no byte of the store", async () => {
  const [, node] = nodes.at(-1) as (typeof nodes)[number];
  const root = join(import.meta.dirname, "..");
  const program = readFileSync(join(root, "examples/locals/program.js"), "utf8");
  const { folder, stderr } = await record(node, program, ["--locals"]);
  expect(stderr).toContain("51H8xPlantedSecret9Qw2");
  const store = join(folder, ".breadcrumb");
  const shown = run(node, [cli, "show", "--full", "latest"], folder).stdout;
  expect(shown).toContain('currency = "usd"');
  const dump = run(node, [cli, "exceptions", "--json"], folder).stdout;
  const files = readdirSync(store, { recursive: true, withFileTypes: true });
  const bytes = files
    .filter((file) => file.isFile())
    .map((file) => readFileSync(join(file.parentPath, file.name), "latin1"));
  for (const text of [...bytes, shown, dump]) {
    for (const secret of ["hunter2-planted", "51H8xPlanted", "k3Yq9k3Yq9"]) {
      expect(text.includes(secret)).toBe(false);
    }
  }
});
