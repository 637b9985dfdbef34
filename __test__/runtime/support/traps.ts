/**
 * Values whose reading would run the program's code, or take long: each counts when it is run.
 */
import { inspect } from "node:util";

/** How often code of a value ran. */
export const ran = { times: 0 };

function trap(): never {
  ran.times += 1;
  throw new Error("ran");
}

const TRAPS = Object.fromEntries(
  Object.getOwnPropertyNames(Reflect).map((name) => [name, trap]),
) as ProxyHandler<object>;
const TRAPPED = { configurable: true, enumerable: true, get: trap, set: trap };

/** The value with a getter in place of each of these. */
function withGetters<T extends object>(value: T, ...names: PropertyKey[]): T {
  for (const name of names) Object.defineProperty(value, name, TRAPPED);
  return value;
}

function revoked(target: object): object {
  const { proxy, revoke } = Proxy.revocable(target, TRAPS);
  revoke();
  return proxy;
}

function named(constructor: unknown): object {
  return Object.create({ constructor }) as object;
}

/** Typed arrays and buffers that say other things of themselves than V8 does. */
function hostileBytes(): [string, unknown][] {
  class Lying extends Float64Array {
    static get [Symbol.species](): never {
      return trap();
    }
  }
  withGetters(Lying.prototype, "length", "buffer", "at", Symbol.toStringTag, Symbol.iterator);
  const detached = new ArrayBuffer(8);
  const views = [new Uint8Array(detached), new Float64Array(detached), new DataView(detached)];
  structuredClone(detached, { transfer: [detached] });
  const Resizable = ArrayBuffer as unknown as {
    new (
      bytes: number,
      options: { maxByteLength: number },
    ): ArrayBuffer & {
      resize(bytes: number): void;
    };
  };
  const resizable = new Resizable(64, { maxByteLength: 128 });
  const behind = [
    new Uint8Array(resizable, 32),
    new Float64Array(resizable, 32, 2),
    new DataView(resizable, 32),
  ];
  resizable.resize(16);
  const names = ["length", "byteLength", "byteOffset", "buffer", "constructor", "subarray"];
  return [
    ["a typed array that lies", new Lying(4)],
    ["typed arrays with getters", withGetters(new Float32Array(4), ...names)],
    ["a buffer with getters", withGetters(Buffer.from("abc"), ...names, "toString", "toJSON")],
    ["a shared buffer with getters", withGetters(new SharedArrayBuffer(8), ...names)],
    ["a detached buffer", detached],
    ["views of a detached buffer", views],
    ["a resizable buffer", resizable],
    ["views that a resizable buffer does not reach", behind],
  ];
}

/** Errors whose causes, and whatever else they carry, are the program's code. */
function hostileErrors(): [string, unknown][] {
  const cyclic = new Error("a");
  cyclic.cause = new AggregateError([cyclic, new Error("b", { cause: cyclic })]);
  let chain = new Error("0");
  for (let i = 0; i < 10_000; i++) chain = new Error(String(i), { cause: chain });
  return [
    ["a cause that is a getter", withGetters(new Error("a"), "cause", "code")],
    ["errors that are a getter", withGetters(new AggregateError([], "a"), "errors")],
    ["causes that are proxies", new Error("a", { cause: new Proxy(new Error("b"), TRAPS) })],
    ["errors in a proxy", Object.assign(new Error("a"), { errors: new Proxy([], TRAPS) })],
    ["errors that are their own cause", cyclic],
    ["a long chain of causes", chain],
  ];
}

function deep(levels: number): object {
  let value: object = {};
  for (let i = 0; i < levels; i++) value = i % 2 === 0 ? { value } : [value];
  return value;
}

const COMMON = [
  "constructor",
  "toString",
  "toJSON",
  "valueOf",
  "then",
  "name",
  "message",
  "stack",
  "cause",
  "size",
  "length",
  "entries",
  "values",
  "forEach",
  "flags",
  "source",
  "global",
  "exec",
  "getTime",
  "byteLength",
  "buffer",
  Symbol.iterator,
  Symbol.toPrimitive,
  Symbol.toStringTag,
  Symbol.species,
  inspect.custom,
];

/** Built-in objects, each with a getter for whatever one may ask of it. */
function builtIns(): object[] {
  const fresh = (): object[] => [
    {},
    new Map([[1, 2]]),
    new Set([1]),
    new WeakMap(),
    new Date(5),
    /a/g,
    Promise.resolve(1),
    new TypeError("x"),
    new AggregateError([new Error("y")], "z"),
    new ArrayBuffer(8),
    new DataView(new ArrayBuffer(8)),
    new Number(5),
    new String("s"),
    (function* () {})(),
  ];
  const own = fresh().map((value) => {
    const free = COMMON.filter(
      (name) => Object.getOwnPropertyDescriptor(value, name) === undefined,
    );
    return withGetters(value, ...free);
  });
  const inherited = fresh().map((value) => {
    const prototype = Object.create(Object.getPrototypeOf(value) as object) as object;
    return Object.setPrototypeOf(value, withGetters(prototype, ...COMMON)) as object;
  });
  return [...own, ...inherited];
}

function cart(): object {
  const item = withGetters({ sku: 1 }, "price");
  const value: Record<string, unknown> = { first: item, second: item };
  value["self"] = value;
  return value;
}

/** All of them, by what they are. */
export function traps(): [string, unknown][] {
  const targets = [
    {},
    [],
    function f() {},
    class A {
      a = 1;
    },
    new Map(),
    new Date(),
    new Error("x"),
  ];
  const proxies = targets.map((target) => new Proxy(target, TRAPS));
  return [
    ["getters", withGetters({ a: 1 }, "b", "c", Symbol("d"))],
    ["items that are getters", withGetters([1, 2, 3], 0, 1)],
    ["a function with getters", withGetters(function f() {}, "name", "length", "toString")],
    ["methods", { toString: trap, toJSON: trap, valueOf: trap, [inspect.custom]: trap }],
    ["proxies", proxies],
    ["proxies in a map", new Map(proxies.map((proxy) => [proxy, proxy]))],
    ["proxies in a set", new Set(proxies)],
    ["a proxy of a proxy", new Proxy(new Proxy({}, TRAPS), new Proxy({}, TRAPS))],
    ["a proxy as prototype", Object.setPrototypeOf({ a: 1 }, new Proxy({}, TRAPS))],
    ["revoked proxies", targets.map(revoked)],
    ["a revoked proxy as prototype", Object.setPrototypeOf({ a: 1 }, revoked({}))],
    ["constructor that is a getter", Object.create(withGetters({}, "constructor"))],
    ["constructor without a name", named({})],
    ["constructor with a getter as name", named(withGetters(function f() {}, "name"))],
    ["constructor with an object as name", named({ name: { toString: trap } })],
    [
      "constructor that is a proxy",
      named(
        new Proxy(
          class A {
            a = 1;
          },
          TRAPS,
        ),
      ),
    ],
    ["constructor with a long name", named({ name: "n".repeat(10_000_000) })],
    ...builtIns().map((value, at): [string, unknown] => [`built-in object ${at}`, value]),
    ...hostileBytes(),
    ...hostileErrors(),
    [
      "boxed primitives",
      [5, "s", true, 7n].map((v) => withGetters(Object(v) as object, "valueOf")),
    ],
    ["a generator", withGetters((function* () {})(), "next", "return", Symbol.iterator)],
    ["an array with getters beside", withGetters([1], "index", "groups")],
    [
      "symbols that are getters",
      withGetters({}, Symbol.toPrimitive, Symbol.iterator, Symbol.toStringTag),
    ],
    ["shared and circular", [cart(), cart()]],
    ["a frozen object", Object.freeze({ a: Object.freeze([1]) })],
    ["a sealed map", Object.seal(new Map([[{}, {}]]))],
    ["a long text", "x".repeat(10_000_000)],
    ["a long text of wide characters", "語".repeat(5_000_000)],
    ["long texts", { ["k".repeat(1_000_000)]: "v".repeat(10_000_000) }],
    [
      "a million keys",
      Object.fromEntries(Array.from({ length: 1_000_000 }, (_, i) => [`k${i}`, i])),
    ],
    ["a million entries", new Map(Array.from({ length: 1_000_000 }, (_, i) => [i, i]))],
    ["a long array without items", Array(2 ** 32 - 1)],
    ["deep nesting", deep(100_000)],
    ["a long number", 1n << 1_000_000n],
    ["many bytes", new Uint8Array(50_000_000)],
  ];
}
