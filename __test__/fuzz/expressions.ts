/**
 * Arbitraries for expressions. Each node gives text that may stand as an argument: `a, b` and the
 * like come in brackets.
 *
 * `log('x', await later(1))` where there is an `await`, `log('x', later(1))` elsewhere.
 */
import fc from "fast-check";
import type { Context, Node } from "./context.ts";
import {
  arrow,
  classRest,
  functionExpression,
  NAMES,
  objectMember,
  type Parts,
} from "./functions.ts";

/** What has no parts. */
const ATOMS = [
  ["0", "1", "-1", "'s'", "null", "undefined", "NaN", "true", "10n", "/r/g.source", "[]", "{}"],
  ["[1, 2, 3]", "({ p: 1, get q() { return log('getter', 2) } })", "void 0", "''"],
  ["obj.m(1)", "obj?.m?.(2)", "obj.none?.(boom())", "obj?.['m'](3)", "obj.deep?.deeper.deepest"],
  ["iter(2)", "aiter(2)", "thenable(3)", "later(4)", "Promise.reject(new Error('rejected'))"],
  ["proxy({ x: 1 })", "proxy(function () {})", "boom()", "maker(1)", "new Base(1).v"],
  ["typeof missing", "missing", "delete obj.gone", "a++", "--b", "obj.n++", "(0, obj.m)(1)"],
].flat();

const atom: fc.Arbitrary<Node> = fc.oneof(
  fc.constantFrom(...NAMES).map(
    (name): Node =>
      () =>
        name,
  ),
  fc.constantFrom(...ATOMS).map(
    (text): Node =>
      () =>
        text === "{}" ? "({})" : text,
  ),
  fc.constantFrom<Node>(
    (c) => (c.hasArguments ? "arguments.length" : "0"),
    (c) => (c.hasArguments ? "(arguments[0] = 9)" : "1"),
    (c) => (c.hasArguments ? "[...arguments]" : "2"),
    (c) => (c.hasArguments && !c.isModule ? "typeof new.target" : "3"),
    (c) => (c.hasArguments && !c.strict ? "(arguments.callee, 1)" : "4"),
    (c) => (c.isModule ? "typeof import.meta.url" : "typeof require"),
    () => "typeof this",
    (c) => (c.canSuper ? "super.inherited" : "5"),
    (c) => (c.canSuper ? "super.toString?.call(1)" : "6"),
    (c) => (c.canSuperCall ? "super(a)" : "7"),
    (c) => (c.hasPrivates ? "this.#p" : "8"),
    (c) => (c.hasPrivates ? "this?.#m?.(1)" : "9"),
    (c) => (c.hasPrivates ? "(#m in Object(a))" : "10"),
  ),
);

const awaits = (c: Context): string => (c.isAsync && !c.inParameters ? "await " : "");
const yields = (c: Context, keyword: string): string =>
  c.isGenerator && !c.inParameters ? `${keyword} ` : "";

const BINARY = ["+", "-", "*", "===", "<", "&&", "||", "??", "in", "instanceof", ",", "**", "&"];
const ASSIGN = ["=", "+=", "??=", "||=", "&&=", "-="];

/** Expressions with one or two others in them. */
function composite(x: fc.Arbitrary<Node>): fc.Arbitrary<Node>[] {
  const two = fc.tuple(x, x);
  const name = fc.constantFrom(...NAMES);
  return [
    x.map(
      (e): Node =>
        (c) =>
          `log('e', ${e(c)})`,
    ),
    x.map(
      (e): Node =>
        (c) =>
          `(${awaits(c)}${operand(e(c))})`,
    ),
    x.map(
      (e): Node =>
        (c) =>
          `(${yields(c, "yield")}${e(c)})`,
    ),
    x.map(
      (e): Node =>
        (c) =>
          `(${yields(c, "yield")}iter(${e(c)}))`,
    ),
    fc.constant<Node>((c) => (c.isGenerator && !c.inParameters ? "(yield)" : "0")),
    fc.constant<Node>((c) => `(${yields(c, "yield*")}iter(2))`),
    x.map(
      (e): Node =>
        (c) =>
          `(${yields(c, "yield*")}[${e(c)}])`,
    ),
    x.map(
      (e): Node =>
        (c) =>
          `(${c.isAsync ? yields(c, "yield*") : ""}aiter(${e(c)}))`,
    ),
    fc.tuple(two, fc.constantFrom(...BINARY)).map(
      ([[l, r], op]): Node =>
        (c) =>
          `((${l(c)}) ${op} (${r(c)}))`,
    ),
    fc.tuple(name, fc.constantFrom(...ASSIGN), x).map(
      ([n, op, e]): Node =>
        (c) =>
          `(${n} ${op} ${e(c)})`,
    ),
    two.map(
      ([l, r]): Node =>
        (c) =>
          `(${l(c)} ? ${r(c)} : (${l(c)}, 1))`,
    ),
    two.map(
      ([l, r]): Node =>
        (c) =>
          `[...iter(2), ${l(c)}, ${r(c)}]`,
    ),
    two.map(
      ([l, r]): Node =>
        (c) =>
          `([a, b = ${l(c)}] = [${r(c)}])`,
    ),
    two.map(
      ([l, r]): Node =>
        (c) =>
          `({ a, [${l(c)}]: b = 1, ...c } = { a: ${r(c)} })`,
    ),
    two.map(
      ([l, r]): Node =>
        (c) =>
          "tag`x${" + l(c) + "}y\\u0041${" + r(c) + "}`",
    ),
    x.map(
      (e): Node =>
        (c) =>
          "`t${" + e(c) + "}`",
    ),
    x.map(
      (e): Node =>
        (c) =>
          `(typeof ${operand(e(c))})`,
    ),
    x.map(
      (e): Node =>
        (c) =>
          `(!${operand(e(c))})`,
    ),
    two.map(
      ([l, r]): Node =>
        (c) =>
          `obj.m(${l(c)}, ...[${r(c)}])`,
    ),
    two.map(
      ([l, r]): Node =>
        (c) =>
          `obj?.[${l(c)}]?.(${r(c)})`,
    ),
    x.map(
      (e): Node =>
        (c) =>
          `new Base(${e(c)})`,
    ),
    x.map(
      (e): Node =>
        (c) =>
          `proxy(Object(${e(c)}))`,
    ),
    x.map(
      (e): Node =>
        (c) =>
          `show(proxy(Object(${e(c)})))`,
    ),
    x.map(
      (e): Node =>
        (c) =>
          `eval(${JSON.stringify(e(evaluated(c)))})`,
    ),
    x.map(
      (e): Node =>
        (c) =>
          `(0, eval)(${JSON.stringify(e(alone(c)))})`,
    ),
    x.map(
      (e): Node =>
        (c) =>
          `new Function('a', 'b', ${JSON.stringify(`return ${e(alone(c))}`)})(1)`,
    ),
    fc.constantFrom<Node>(
      (c) => (c.strict ? "eval('var ev = 1; ev')" : "eval('var a = 5; a')"),
      (c) => (c.strict ? "1" : "eval('function b() { return 1 }; typeof b')"),
    ),
    x.map(
      (e): Node =>
        (c) =>
          `[${e(c)}].map((e, i) => log('map', i))`,
    ),
    fc.tuple(two, fc.nat()).map(
      ([[l, r], n]): Node =>
        (c) =>
          c.callable.length === 0 ? l(c) : `${c.callable[n % c.callable.length]}(${l(c)}, ${r(c)})`,
    ),
  ];
}

/** The operand of a unary operator may not start with another one's `**` or a bare arrow. */
function operand(text: string): string {
  return `(${text})`;
}

/** The context inside a string that a direct `eval` takes. */
function evaluated(c: Context): Context {
  return { ...alone(c), callable: c.callable };
}

/** The context inside a text that is compiled on its own. */
function alone(c: Context): Context {
  return {
    ...c,
    isModule: false,
    isAsync: false,
    isGenerator: false,
    hasArguments: false,
    canSuper: false,
    canSuperCall: false,
    hasPrivates: false,
    callable: [],
    loopLabels: [],
    labels: [],
  };
}

/** Functions, classes and objects as expressions, some of them called on the spot. */
function literals(parts: Parts): fc.Arbitrary<Node>[] {
  const made = fc.oneof(arrow(parts), functionExpression(parts));
  const klass = classRest(parts);
  const args = fc.tuple(parts.expression, parts.expression);
  return [
    made,
    fc.tuple(made, args).map(
      ([f, [x, y]]): Node =>
        (c) =>
          `${f(c)}(${x(c)}, ${y(c)})`,
    ),
    fc.tuple(made, args).map(
      ([f, [x]]): Node =>
        (c) =>
          `drive(${f(c)}, [${x(c)}, 2])`,
    ),
    fc.tuple(made, args).map(
      ([f, [x]]): Node =>
        (c) =>
          `${f(c)}.call(obj, ${x(c)})`,
    ),
    made.map(
      (f): Node =>
        (c) =>
          `new (${f(c)})(1)`,
    ),
    made.map(
      (f): Node =>
        (c) =>
          `meta(${f(c)})`,
    ),
    klass.map(
      (k): Node =>
        (c) =>
          `(class${k(c)})`,
    ),
    klass.map(
      (k): Node =>
        (c) =>
          `drive(class ${c.fresh("K")}${k(c)}, [1, 2])`,
    ),
    klass.map(
      (k): Node =>
        (c) =>
          `new (class${k(c)})(1, 2).use?.()`,
    ),
    fc.array(objectMember(parts), { maxLength: 3 }).map(
      (members): Node =>
        (c) =>
          `({ ${members.map((member) => member(c)).join(",\n")} })`,
    ),
    fc.array(objectMember(parts), { maxLength: 3 }).map(
      (members): Node =>
        (c) =>
          `drive({ ${members.map((m) => m(c)).join(",\n")} }, [1])`,
    ),
  ];
}

/** Expressions, from `parts` of less depth. */
export function expressions(parts: Parts): fc.Arbitrary<Node> {
  return fc.oneof(
    { depthSize: "small", withCrossShrink: true, maxDepth: 5, depthIdentifier: "program" },
    { weight: 6, arbitrary: atom },
    { weight: 6, arbitrary: fc.oneof(...composite(parts.expression)) },
    { weight: 4, arbitrary: fc.oneof(...literals(parts)) },
  );
}
