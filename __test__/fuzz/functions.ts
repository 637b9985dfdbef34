/**
 * Arbitraries for functions and classes of every kind.
 *
 * `function*` with a default parameter and a body that yields; `class extends B` whose constructor
 * returns before `super()`.
 */
import fc from "fast-check";
import { type Context, inFunction, type Node } from "./context.ts";

/** What functions are made of. */
export interface Parts {
  readonly expression: fc.Arbitrary<Node>;
  readonly body: fc.Arbitrary<Node>;
}

/** Names that parameters take; the same at the top level and in every function. */
export const NAMES = ["a", "b", "c", "d"] as const;

/** How a function is written. */
interface Form {
  readonly isAsync: boolean;
  readonly isGenerator: boolean;
}

const form: fc.Arbitrary<Form> = fc.record({
  isAsync: fc.boolean(),
  isGenerator: fc.boolean(),
});

/** A parameter list, and whether it is simple. */
interface Parameters {
  readonly node: Node;
  readonly isSimple: boolean;
}

/** A parameter list. */
export function parameters({ expression }: Parts): fc.Arbitrary<Parameters> {
  const simple = fc
    .subarray([...NAMES], { maxLength: 3 })
    .map((names) => ({ node: () => names.join(", "), isSimple: true }));
  const repeated = fc.constant({
    node: (c: Context) => (c.strict ? "a" : "a, b, a"),
    isSimple: true,
  });
  const inList =
    (node: Node): Node =>
    (c) =>
      node({ ...c, inParameters: true, isAsync: false, isGenerator: false });
  const one = expression.map(inList);
  const rich = fc
    .tuple(one, one, fc.integer({ min: 0, max: 8 }))
    .map(([x, y, shape]) => ({ node: (c: Context) => richList(c, x, y, shape), isSimple: false }));
  return fc.oneof({ weight: 4, arbitrary: simple }, repeated, { weight: 3, arbitrary: rich });
}

function richList(c: Context, x: Node, y: Node, shape: number): string {
  const lists = [
    () => `a = ${x(c)}, b`,
    () => `a, b = ${x(c)}, c = ${y(c)},`,
    () => `{ a, b = ${x(c)} } = {}`,
    () => `{ [${x(c)}]: a, ...b }, [c, d = ${y(c)}] = []`,
    () => `[a, b = ${x(c)}] = [1], ...c`,
    () => `...a`,
    () => `a, ...[b, c = ${x(c)}]`,
    () => `{ a: { b } = ${x(c)}, c: [d] = [] } = {}`,
    () => `a = () => ${x(c)}, b = a()`,
  ];
  return (lists[shape] as () => string)();
}

/** `"use strict"` may stand only in a function whose parameters are simple. */
function directives(isSimple: boolean, choice: number): { text: string; strict: boolean } {
  if (choice === 1 && isSimple) return { text: '"use strict"; ', strict: true };
  if (choice === 2) return { text: "'a directive'\n", strict: false };
  if (choice === 3 && isSimple) return { text: "'other'; 'use strict'\n", strict: true };
  return { text: "", strict: false };
}

const directive = fc.oneof(
  { weight: 8, arbitrary: fc.constant(0) },
  fc.integer({ min: 1, max: 3 }),
);

interface Piece {
  readonly form: Form;
  readonly list: Parameters;
  readonly body: Node;
  readonly directive: number;
}

function pieces(parts: Parts): fc.Arbitrary<Piece> {
  return fc.record({ form, list: parameters(parts), body: parts.body, directive });
}

/** `(a, b) { … }` of a function whose head has been written. */
function rest(c: Context, piece: Piece, inside: Context): string {
  const { text, strict } = directives(piece.list.isSimple, piece.directive);
  const context = { ...inside, strict: inside.strict || strict };
  const list = piece.list.node({ ...context, hasArguments: inside.hasArguments });
  return `(${list}) {${text}\n${piece.body(context)}\n}`;
}

function head({ isAsync, isGenerator }: Form): string {
  return `${isAsync ? "async " : ""}function${isGenerator ? "*" : ""}`;
}

/** A function declaration of this name, which is known from then on. */
export function declaration(parts: Parts): fc.Arbitrary<(c: Context, name: string) => string> {
  return pieces(parts).map((piece) => (c, name) => {
    return `${head(piece.form)} ${name}${rest(c, piece, inFunction(c, piece.form))}`;
  });
}

/** A function expression, with a name or without. */
export function functionExpression(parts: Parts): fc.Arbitrary<Node> {
  return fc.tuple(pieces(parts), fc.boolean()).map(([piece, isNamed]) => (c) => {
    const name = isNamed ? ` ${c.fresh("n")}` : "";
    return `(${head(piece.form)}${name}${rest(c, piece, inFunction(c, piece.form))})`;
  });
}

/** An arrow function, concise or with a body. */
export function arrow(parts: Parts): fc.Arbitrary<Node> {
  const bodies = fc.oneof(
    {
      weight: 2,
      arbitrary: parts.expression.map(
        (x): Node =>
          (c) =>
            concise(x(c)),
      ),
    },
    parts.body.map(
      (b): Node =>
        (c) =>
          `{\n${b(c)}\n}`,
    ),
  );
  return fc
    .record({ isAsync: fc.boolean(), list: parameters(parts), body: bodies })
    .map(({ isAsync, list, body }) => (c) => {
      const inside = inFunction(c, { isAsync, isArrow: true });
      // An arrow function's names may never be repeated.
      const text = list.node({ ...inside, strict: true });
      return `(${isAsync ? "async " : ""}(${text}) => ${body(inside)})`;
    });
}

function concise(text: string): string {
  return text.startsWith("{") ? `(${text})` : text;
}

const KEYS = ["m", "'quoted key'", "7", "[`comp${a}`]", "[log('key', 'k')]", "[Symbol.iterator]"];
const key = fc.constantFrom(...KEYS);

/** A member of an object literal. */
export function objectMember(parts: Parts): fc.Arbitrary<Node> {
  const inMethod = (c: Context, f: Partial<Form>): Context => ({
    ...inFunction(c, f),
    canSuper: true,
  });
  return fc.oneof(
    fc.tuple(key, parts.expression).map(
      ([k, x]): Node =>
        (c) =>
          `${k}: ${x(c)}`,
    ),
    fc.tuple(key, pieces(parts)).map(([k, piece]): Node => (c) => {
      const { isAsync, isGenerator } = piece.form;
      const name = `${isAsync ? "async " : ""}${isGenerator ? "*" : ""}${k}`;
      return `${name}${rest(c, piece, inMethod(c, piece.form))}`;
    }),
    fc.tuple(key, parts.body).map(
      ([k, b]): Node =>
        (c) =>
          `get ${k}() {\n${b(inMethod(c, {}))}\n}`,
    ),
    fc.tuple(key, parts.body).map(
      ([k, b]): Node =>
        (c) =>
          `set ${k}(a) {\n${b(inMethod(c, {}))}\n}`,
    ),
    fc.constantFrom<Node>(
      () => "a",
      () => "...c",
      () => "__proto__: null",
    ),
  );
}

/** A member of a class that has `#p`, `#m` and `static #s`. */
function classMember(parts: Parts): fc.Arbitrary<Node> {
  const inMember = (c: Context, f: Partial<Form>): Context => ({
    ...inFunction(c, f),
    canSuper: true,
  });
  const field = (c: Context): Context => ({
    ...inMember(c, { isArrow: true } as Partial<Form>),
    isAsync: false,
    isGenerator: false,
    canReturn: false,
    hasArguments: false,
  });
  const where = fc.constantFrom("", "static ");
  return fc.oneof(
    fc.tuple(where, key, pieces(parts)).map(([s, k, piece]): Node => (c) => {
      const { isAsync, isGenerator } = piece.form;
      const name = `${isAsync ? "async " : ""}${isGenerator ? "*" : ""}${k}`;
      return `${s}${name}${rest(c, piece, inMember(c, piece.form))}`;
    }),
    fc.tuple(where, key, parts.body).map(
      ([s, k, b]): Node =>
        (c) =>
          `${s}get ${k}() {\n${b(inMember(c, {}))}\n}`,
    ),
    fc.tuple(where, key, parts.body).map(
      ([s, k, b]): Node =>
        (c) =>
          `${s}set ${k}(b) {\n${b(inMember(c, {}))}\n}`,
    ),
    fc.tuple(where, key, parts.expression).map(
      ([s, k, x]): Node =>
        (c) =>
          `${s}${k} = ${x(field(c))};`,
    ),
    parts.body.map(
      (b): Node =>
        (c) =>
          `static {\n${b(field(c))}\n}`,
    ),
  );
}

/** A class without its name: ` extends B { … }`. */
export function classRest(parts: Parts): fc.Arbitrary<(c: Context) => string> {
  const construct = fc.option(fc.record({ list: parameters(parts), body: parts.body }), {
    nil: undefined,
  });
  return fc
    .record({
      base: fc.constantFrom(
        "",
        " extends Base",
        " extends (log('heritage'), Base)",
        " extends null",
      ),
      members: fc.array(classMember(parts), { maxLength: 3 }),
      construct,
      superFirst: fc.boolean(),
      p: parts.expression,
      m: parts.body,
    })
    .map(({ base, members, construct: made, superFirst, p, m }) => (outer) => {
      const c = { ...outer, strict: true, hasPrivates: true };
      const field = { ...inFunction(c, {}), canReturn: false, hasArguments: false, canSuper: true };
      const lines = [
        `#p = ${p(field)};`,
        "static #s = 1;",
        `#m(a, b) {\n${m({ ...inFunction(c, {}), canSuper: true, hasPrivates: false })}\n}`,
        "get #g() { return this.#p }",
        "static has(o) { return #p in o }",
        "use() { return log('private', [this.#m(1, 2), this.#g]) }",
        ...members.map((member) => member(c)),
      ];
      if (made !== undefined) {
        const derived = base !== "";
        const inside = { ...inFunction(c, {}), canSuper: true, canSuperCall: derived };
        const first = derived && superFirst ? "super(a);\n" : "";
        lines.push(
          `constructor(${made.list.node({ ...inside, hasArguments: true })}) {\n${first}${made.body(inside)}\n}`,
        );
      }
      return `${base} {\n${lines.join("\n")}\n}`;
    });
}
