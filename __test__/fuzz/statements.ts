/**
 * Arbitraries for statements, and for whole programs.
 *
 * A program is some functions and statements over the globals of `scene.cjs`, each top-level piece in
 * a `try` of its own, so that one that throws does not hide those after it.
 */
import fc from "fast-check";
import { type Context, inLoop, type Node, topLevel } from "./context.ts";
import { expressions } from "./expressions.ts";
import { classRest, declaration, NAMES, type Parts } from "./functions.ts";

const MAX_STATEMENTS = 4;
const name = fc.constantFrom(...NAMES);

/** Statements that leave something. */
function leaving(x: fc.Arbitrary<Node>): fc.Arbitrary<Node>[] {
  const pick = (list: readonly string[], n: number): string => list[n % list.length] as string;
  const returning = (c: Context, text: string): string => (c.canReturn ? text : ";");
  return [
    x.map(
      (e): Node =>
        (c) =>
          c.canReturn ? `return ${e(c)}` : `${e(c)};`,
    ),
    fc.tuple(x, x).map(
      ([l, r]): Node =>
        (c) =>
          returning(c, `return ${l(c)},\n  ${r(c)}`),
    ),
    fc.tuple(x, x).map(
      ([l, r]): Node =>
        (c) =>
          returning(c, `return (\n${l(c)}) /* c */ || ${r(c)}`),
    ),
    fc.constant<Node>((c) => returning(c, "return")),
    fc.constant<Node>((c) => returning(c, "return\n1")),
    fc.constant<Node>((c) => returning(c, "return{}")),
    fc.constant<Node>((c) => returning(c, "if (a) return; else b = 1")),
    x.map(
      (e): Node =>
        (c) =>
          `throw ${e(c)}`,
    ),
    fc.constantFrom<Node>(
      () => "throw new Error('thrown')",
      () => "throw{ thrown: 1 }",
      () => "throw new (class Odd extends Error { get message() { return log('message', 'm') } })",
    ),
    fc.constant<Node>((c) => (c.canBreak ? "break" : ";")),
    fc.constant<Node>((c) => (c.canContinue ? "continue" : ";")),
    fc.nat().map(
      (n): Node =>
        (c) =>
          c.labels.length > 0 ? `break ${pick(c.labels, n)}` : ";",
    ),
    fc.nat().map(
      (n): Node =>
        (c) =>
          c.loopLabels.length > 0 ? `if (a) continue ${pick(c.loopLabels, n)}` : ";",
    ),
  ];
}

/** Loops: each ends by itself. */
function loops(x: fc.Arbitrary<Node>, b: fc.Arbitrary<Node>): fc.Arbitrary<Node>[] {
  const heads = fc.constantFrom<(c: Context, e: string) => string>(
    (c, e) => {
      const i = c.fresh("i");
      return `for (let ${i} = 0, f = () => ${i}; fuel(${i} < 2); ${i}++, log('f', f()), ${e})`;
    },
    (c) => {
      const n = c.fresh("w");
      return `for (var ${n} = 0; fuel(${n} < 2); ${n}++)`;
    },
    (c, e) => `for (const ${c.fresh("x")} of ${e})`,
    (c) => `for (let ${c.fresh("x")} of iter(3))`,
    (c) => `for (const [${c.fresh("x")}, y = 1] of [[1], [2, 3]])`,
    () => "for ({ a, b = log('default', 1) } of [{ a: 1 }, {}])",
    (c, e) => `for (const ${c.fresh("x")} in ${e})`,
    () => "for (a.p in { x: 1, y: 2 })",
    (c) => (c.isAsync ? `for await (const ${c.fresh("x")} of aiter(3))` : "for (a of iter(2))"),
    (c, e) =>
      c.isAsync ? `for await (const ${c.fresh("x")} of aiter(${e}))` : "for (b of iter(2))",
    (c) => (c.isAsync ? "for await (b of a)" : "for (a of b)"),
    (c) => (c.isAsync ? "for await (a of [later(1), 2, thenable(3)])" : "while (fuel(--a > 0))"),
    () => "while (fuel(b-- > 0))",
  );
  const loop = fc.tuple(heads, x, b).map(([head, e, body]) => (c: Context, label?: string) => {
    const text = `${head(c, e(c))} {\n${body(inLoop(c, label))}\n}`;
    return label === undefined ? text : `${label}: ${text}`;
  });
  return [
    loop.map(
      (one): Node =>
        (c) =>
          one(c),
    ),
    loop.map(
      (one): Node =>
        (c) =>
          one(c, c.fresh("loop")),
    ),
    b.map(
      (body): Node =>
        (c) =>
          `do {\n${body(inLoop(c))}\n} while (fuel(false))`,
    ),
    fc.tuple(x, x, b, b).map(([v, e, one, two]): Node => (c) => {
      const inside = { ...c, canBreak: true };
      const cases = `case ${e(c)}: ${one(inside)}\ndefault: {\n${two(inside)}\n}\ncase 1: log('fell', 1)`;
      return `switch (${v(c)}) {\n${cases}\n}`;
    }),
    b.map((body): Node => (c) => {
      const label = c.fresh("block");
      return `${label}: {\n${body({ ...c, labels: [...c.labels, label] })}\n}`;
    }),
  ];
}

function tries(b: fc.Arbitrary<Node>): fc.Arbitrary<Node>[] {
  const handlers = [
    "catch (e) { log('caught', e);",
    "catch {",
    "catch ({ message }) { log('m', typeof message);",
  ];
  const handler = fc.constantFrom(...handlers);
  return [
    fc.tuple(b, handler, b).map(
      ([t, h, k]): Node =>
        (c) =>
          `try {\n${t(c)}\n} ${h}\n${k(c)}\n}`,
    ),
    fc.tuple(b, b).map(
      ([t, f]): Node =>
        (c) =>
          `try {\n${t(c)}\n} finally {\n${f(c)}\n}`,
    ),
    fc.tuple(b, handler, b, b).map(
      ([t, h, k, f]): Node =>
        (c) =>
          `try {\n${t(c)}\n} ${h}\n${k(c)}\n} finally {\n${f(c)}\n}`,
    ),
  ];
}

function declarations(parts: Parts): fc.Arbitrary<Node>[] {
  const { expression: x, body: b } = parts;
  const kind = fc.constantFrom("const", "let", "var");
  return [
    fc.tuple(kind, x).map(
      ([k, e]): Node =>
        (c) =>
          `${k} ${c.fresh("v")} = ${e(c)};`,
    ),
    fc.tuple(kind, x).map(
      ([k, e]): Node =>
        (c) =>
          `${k} [${c.fresh("v")}, ${c.fresh("v")} = ${e(c)}] = iter(1)`,
    ),
    fc.tuple(name, x).map(
      ([n, e]): Node =>
        (c) =>
          `var ${n} = ${e(c)}`,
    ),
    fc.tuple(name, x).map(
      ([n, e]): Node =>
        (c) =>
          `log('closure', (() => ${n})); var ${n}; ${e(c)}`,
    ),
    fc.tuple(name, declaration(parts)).map(
      ([n, d]): Node =>
        (c) =>
          d(c, n),
    ),
    declaration(parts).map((d): Node => (c) => {
      const f = c.fresh("f");
      return `log('hoisted', typeof ${f});\n${d(c, f)}\ndrive(${f}, [1, 2]);`;
    }),
    classRest(parts).map((k): Node => (c) => {
      const K = c.fresh("C");
      return `class ${K}${k(c)}\ndrive(${K}, [1, 2]); log('has', ${K}.has?.(a))`;
    }),
    b.map(
      (body): Node =>
        (c) =>
          c.strict ? `{\n${body(c)}\n}` : `with (obj) {\n${body(c)}\n}`,
    ),
    x.map((e): Node => (c) => {
      if (!c.hasUsing) return e(c);
      const keyword = c.isAsync ? "await using" : "using";
      return `{ ${keyword} ${c.fresh("u")} = disposable(1), ${c.fresh("u")} = disposable(2); ${e(c)} }`;
    }),
    fc.tuple(fc.constantFrom("nextTick", "micro", "immediate", "then"), b).map(
      ([how, body]): Node =>
        (c) =>
          schedule(how, `() => {\n${body(callback(c))}\n}`),
    ),
  ];
}

function callback(c: Context): Context {
  const outside = { isAsync: false, isGenerator: false, canBreak: false, canContinue: false };
  return { ...c, ...outside, canReturn: true, labels: [], loopLabels: [], inParameters: false };
}

function schedule(how: string, f: string): string {
  if (how === "nextTick") return `process.nextTick(${f}, 1)`;
  if (how === "micro") return `queueMicrotask(${f})`;
  if (how === "immediate") return `setImmediate(${f})`;
  return `Promise.resolve(1).then(${f}).finally(() => log('settled', 1))`;
}

/** Statements that run on, and those whose end the parser must find. */
function plain(x: fc.Arbitrary<Node>, s: fc.Arbitrary<Node>): fc.Arbitrary<Node>[] {
  return [
    x.map(
      (e): Node =>
        (c) =>
          `log('s', ${e(c)})`,
    ),
    x.map(
      (e): Node =>
        (c) =>
          `;(${e(c)})`,
    ),
    x.map(
      (e): Node =>
        (c) =>
          `a = ${e(c)}\n;[b] = [1]`,
    ),
    x.map(
      (e): Node =>
        (c) =>
          `b = ${e(c)} // a comment\n++c`,
    ),
    x.map(
      (e): Node =>
        (c) =>
          `/* a\ncomment */ d = ${e(c)}; debugger`,
    ),
    x.map(
      (e): Node =>
        (c) =>
          c.isModule ? `${e(c)};` : `a <!--b\n--> html comment\nb = ${e(c)}`,
    ),
    fc.tuple(x, s, s).map(
      ([e, t, f]): Node =>
        (c) =>
          `if (${e(c)}) {\n${t(c)}\n} else {\n${f(c)}\n}`,
    ),
  ];
}

/** Expressions and bodies that are made of one another. */
function grammar(): { body: fc.Arbitrary<Node>; parts: Parts } {
  const made = fc.letrec<{ expression: Node; statement: Node; body: Node }>((tie) => {
    const parts = { expression: tie("expression"), body: tie("body") };
    const statement = fc.oneof(
      { depthSize: "small", withCrossShrink: true, maxDepth: 5, depthIdentifier: "program" },
      {
        weight: 3,
        arbitrary: parts.expression.map(
          (e): Node =>
            (c) =>
              `log('s', ${e(c)})`,
        ),
      },
      { weight: 3, arbitrary: fc.oneof(...plain(parts.expression, tie("body"))) },
      { weight: 4, arbitrary: fc.oneof(...leaving(parts.expression)) },
      { weight: 3, arbitrary: fc.oneof(...tries(parts.body)) },
      { weight: 3, arbitrary: fc.oneof(...loops(parts.expression, parts.body)) },
      { weight: 4, arbitrary: fc.oneof(...declarations(parts)) },
    );
    return {
      expression: expressions(parts),
      statement,
      body: fc
        .array(tie("statement"), { maxLength: MAX_STATEMENTS, depthIdentifier: "program" })
        .map(
          (list): Node =>
            (c) =>
              list.map((one) => one(c)).join("\n"),
        ),
    };
  });
  return { body: made.body, parts: { expression: made.expression, body: made.body } };
}

/** A program's text and what kind of file it is. */
export interface GeneratedProgram {
  readonly extension: "cjs" | "mjs";
  readonly text: string;
}

/** Whole programs. `hasUsing`: whether the engine has `using`. */
export function programs(hasUsing: boolean): fc.Arbitrary<GeneratedProgram> {
  const { body, parts } = grammar();
  const functions = fc.array(declaration(parts), { minLength: 1, maxLength: 3 });
  return fc
    .record({
      isModule: fc.boolean(),
      strict: fc.boolean(),
      hashbang: fc.boolean(),
      functions,
      bodies: fc.array(body, { maxLength: 3 }),
    })
    .map(({ isModule, strict, hashbang, functions: made, bodies }) => {
      const top = topLevel({ isModule, strict, hasUsing });
      const lines = [
        ...(hashbang ? ["#!/usr/bin/env node"] : []),
        ...(strict ? ['"use strict";'] : []),
        "var a = 1, b = 's', c = [1, 2], d;",
      ];
      const callable: string[] = [];
      for (const declare of made) {
        const f = `f${callable.length}`;
        lines.push(declare({ ...top, callable: [...callable] }, f), `drive(${f}, [1, obj, 's']);`);
        callable.push(f);
      }
      for (const each of bodies) {
        lines.push(`try {\n${each({ ...top, callable })}\n} catch (e) { log('top', e) }`);
      }
      lines.push("log('end', [a, b, c, d]);", `${callable.at(-1)}(proxy({}), iter(1));`);
      return { extension: isModule ? "mjs" : "cjs", text: `${lines.join("\n")}\n` };
    });
}
