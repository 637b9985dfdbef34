import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { fake, startFake } from "./support/fake-native";
import { preview } from "./support/preview";
import { readRing } from "./support/read-ring";
import { ran, traps } from "./support/traps";

vi.mock("../../ts/native/load", async () => import("./support/fake-native"));
const { probes } = await import("../../ts/runtime/probes");
const { lookFreely } = await import("../../ts/runtime/budget");
const { modes } = await import("../../ts/runtime/writer");
const { POS, state } = await import("../../ts/runtime/state");
const pos = (): number => state[POS] as number;
const layout = await import("../../ts/native/layout");

beforeEach(() => {
  modes.fill(layout.MODE_VALUES, 0, 100);
});

describe("put", () => {
  it("keeps primitives exactly", () => {
    for (const value of [0, -0, 1.5, -1, Infinity, Number.NaN, true, false, null, undefined, 7n]) {
      expect(preview(value)).toBe(value);
    }
    expect(preview(Symbol("s"))).toEqual({ symbol: "s" });
  });

  it("keeps any string, or its head and true length", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 300 }), (text) => {
        const length = text.length;
        const expected = length <= 200 ? text : { text: text.slice(0, 200), length };
        expect(preview(text)).toEqual(expected);
      }),
      { seed: 7 },
    );
  });

  it("looks into objects, arrays and class instances up to its limits", () => {
    class Cart {
      id = 7;
    }
    expect(preview(new Cart())).toEqual({ class: "Cart", entries: ["id", 7], length: 1 });
    expect(preview([1, , "a"])).toMatchObject({ array: [1, { tag: layout.TAG_HOLE }, "a"] });
    expect(preview(Array.from({ length: 1000 }))).toMatchObject({ length: 1000 });
    const deep = preview({ a: { b: { c: { d: 1 } } } });
    expect(JSON.stringify(deep)).toContain(`"cut":${layout.CUT_DEPTH}`);
    expect(preview(Object.create(null))).toMatchObject({ class: null });
    const circle: Record<string, unknown> = {};
    circle["self"] = circle;
    expect(preview(circle)).toMatchObject({ entries: ["self", { tag: layout.TAG_CIRCULAR }] });
  });

  it("knows the built-in classes", () => {
    expect(preview(new Date(5))).toEqual({ date: 5 });
    expect(preview(/a/g)).toEqual({ regexp: "/a/g" });
    expect(preview(/a/dgimsuy)).toEqual({ regexp: "/a/dgimsuy" });
    expect(preview(Buffer.from("abc"))).toEqual({ bytes: "Buffer", length: 3, hex: "616263" });
    const map = new Map<unknown, unknown>([[1, "a"]]);
    expect(preview(map)).toEqual({ map: [1, "a"], length: 1 });
    map.set(map, new Set([1, "a"]));
    expect(preview(map)).toMatchObject({
      map: [1, "a", { tag: layout.TAG_CIRCULAR }, { set: [1, "a"], length: 2 }],
    });
    const many = Array.from({ length: 100 }, (_, i) => i);
    const set = preview(new Set(many));
    expect(set).toEqual({ set: many.slice(0, 10), length: 100 });
    const large = preview(new Map(many.map((i) => [i, i]))) as { map: unknown[] };
    expect(large).toMatchObject({ length: 100 });
    expect(large.map).toHaveLength(24);
    expect(preview(Promise.resolve())).toEqual({ promise: layout.PROMISE_UNKNOWN });
    expect(preview(function f() {})).toEqual({ function: "f" });
    expect(preview(new RangeError("far"))).toEqual({ error: ["RangeError", "far"] });
  });

  it("keeps an error's causes, those that it stands for, and what it carries", () => {
    const cause = Object.assign(new Error("disk"), { code: "EIO" });
    expect(preview(new TypeError("no", { cause }))).toEqual({
      error: ["TypeError", "no"],
      entries: ["cause", { error: ["Error", "disk"], entries: ["code", "EIO"], length: 1 }],
      length: 1,
    });
    expect(preview(new AggregateError([new Error("a"), 7], "all"))).toEqual({
      error: ["AggregateError", "all"],
      entries: ["errors", { array: [{ error: ["Error", "a"] }, 7], length: 2 }],
      length: 1,
    });
    class HttpError extends Error {
      readonly status = 404;
    }
    expect(preview(new HttpError("gone"))).toEqual({
      class: "HttpError",
      value: { error: ["Error", "gone"], entries: ["status", 404], length: 1 },
      entries: [],
      length: 0,
    });
    let chain = new Error("0");
    for (let i = 1; i < 20; i++) chain = new Error(String(i), { cause: chain });
    const text = JSON.stringify(preview(chain));
    expect(text.match(/"Error"/g)).toHaveLength(7);
    expect(text).toContain(`"cut":${layout.CUT_DEPTH}`);
    chain.cause = chain;
    expect(preview(chain)).toMatchObject({ entries: ["cause", { tag: layout.TAG_CIRCULAR }] });
  });

  it("keeps the class, the length and the head of buffers and typed arrays", () => {
    const bytes = { length: 3, hex: "010203" };
    expect(preview(Uint8Array.of(1, 2, 3))).toEqual({ bytes: "Uint8Array", ...bytes });
    expect(preview(Int8Array.of(-1))).toEqual({ bytes: "Int8Array", length: 1, hex: "ff" });
    const { buffer } = Uint8Array.of(1, 2, 3);
    expect(preview(buffer)).toEqual({ bytes: "ArrayBuffer", ...bytes });
    expect(preview(new DataView(buffer, 1))).toEqual({ bytes: "DataView", length: 2, hex: "0203" });
    const shared = new SharedArrayBuffer(3);
    new Uint8Array(shared).set([1, 2, 3]);
    expect(preview(shared)).toEqual({ bytes: "SharedArrayBuffer", ...bytes });
    expect(preview(Buffer.alloc(1000, 1))).toEqual({
      bytes: "Buffer",
      length: 1000,
      hex: "01".repeat(64),
    });
    expect(preview(Float64Array.of(0.5, Number.NaN, -0))).toEqual({
      typed: "Float64Array",
      items: [0.5, Number.NaN, -0],
      length: 3,
    });
    expect(preview(BigInt64Array.of(7n))).toMatchObject({ items: [7n], length: 1 });
    expect(preview(new Uint16Array(1000))).toMatchObject({
      items: Array(10).fill(0),
      length: 1000,
    });
    class Samples extends Float32Array {}
    expect(preview(new Samples([1]))).toEqual({
      class: "Samples",
      value: { typed: "Float32Array", items: [1], length: 1 },
      entries: [],
      length: 0,
    });
    structuredClone(buffer, { transfer: [buffer] });
    expect(preview(buffer)).toEqual({ bytes: "ArrayBuffer", length: 0, hex: "" });
  });

  it("keeps symbols that are keys, behind the strings", () => {
    const value = { [Symbol("s")]: 1, a: 2 };
    Object.defineProperty(value, Symbol("hidden"), { value: 3 });
    expect(preview(value)).toEqual({
      class: undefined,
      entries: ["a", 2, { symbol: "s" }, 1],
      length: 2,
    });
  });

  it("keeps boxed primitives, and tells what cannot be looked into", () => {
    for (const value of [5, "s", true, 7n, Symbol("s")]) {
      expect(preview(Object(value))).toEqual({ boxed: preview(value) });
    }
    expect(preview(new WeakMap())).toEqual({ opaque: "WeakMap" });
    expect(preview(new WeakSet())).toEqual({ opaque: "WeakSet" });
    expect(preview((function* () {})())).toEqual({ opaque: "Generator" });
    expect(preview(new Map().keys())).toEqual({ opaque: "Map Iterator" });
    expect(preview(new Set().keys())).toEqual({ opaque: "Set Iterator" });
    expect(preview(new WeakRef({}))).toEqual({ class: "WeakRef", entries: [], length: 0 });
  });

  it("keeps what an array or a map has beside its items", () => {
    const match = /b(?<rest>.)/.exec("abc");
    expect(preview(match)).toMatchObject({
      class: undefined,
      value: { array: ["bc", "c"], length: 2 },
      entries: ["index", 1, "input", "abc", "groups", { entries: ["rest", "c"] }],
      length: 3,
    });
    class Stack extends Array {
      top = 3;
    }
    const stack = Stack.from([1, 3]);
    expect(preview(stack)).toEqual({
      class: "Stack",
      value: { array: [1, 3], length: 2 },
      entries: ["top", 3],
      length: 1,
    });
    class Cache extends Map<number, number> {}
    expect(preview(new Cache([[1, 2]]))).toEqual({
      class: "Cache",
      value: { map: [1, 2], length: 1 },
      entries: [],
      length: 0,
    });
    expect(preview(Object.assign(new Date(5), { zone: "UTC" }))).toMatchObject({
      value: { date: 5 },
      entries: ["zone", "UTC"],
    });
  });

  it("points to the first place of an object that is met again", () => {
    const user = { id: 1 };
    // Words: header 0, array 1, object 2.
    expect(preview([user, user])).toEqual({
      array: [
        { class: undefined, entries: ["id", 1], length: 1 },
        { tag: layout.TAG_CIRCULAR, payload: 2 },
      ],
      length: 2,
    });
  });

  it("keeps to the limits that a session has", () => {
    const limits = {
      [layout.LIMIT_DEPTH]: 1,
      [layout.LIMIT_KEYS]: 2,
      [layout.LIMIT_ITEMS]: 3,
      [layout.LIMIT_STRING]: 4,
    };
    expect(preview({ a: {}, b: "12345", c: 1 }, limits)).toEqual({
      class: undefined,
      entries: [
        "a",
        { cut: layout.CUT_DEPTH, of: layout.TAG_OBJECT },
        "b",
        { text: "1234", length: 5 },
      ],
      length: 3,
    });
    expect(preview([1, 2, 3, 4], limits)).toEqual({ array: [1, 2, 3], length: 4 });
    const wide = Array.from({ length: 500 }, (_, i) => i);
    const wider = { [layout.LIMIT_ITEMS]: 500, [layout.LIMIT_STRING]: 4000 };
    expect(preview(wide, wider)).toEqual({ array: wide, length: 500 });
    expect(preview("x".repeat(4000), wider)).toBe("x".repeat(4000));
    startFake(4, { [layout.LIMIT_WORDS]: 64 });
    probes.e2(
      7,
      Array.from({ length: 10 }, (_, i) => String(i).repeat(100)),
      {},
    );
    const record = readRing(fake.memory).at(-1);
    expect(record?.words).toBeLessThanOrEqual(64);
    expect(record?.values[1]).toEqual({ cut: layout.CUT_BYTES, of: layout.TAG_OBJECT });
  });

  it("numbers objects where it is asked to, the same one alike", () => {
    const limits = { [layout.LIMIT_IDENTITY]: 1 };
    const [cart, items] = [{ items: [] as object[] }, [] as object[]];
    cart.items = items;
    const first = preview(cart, limits) as { id: number };
    expect(first).toMatchObject({
      id: first.id,
      value: { entries: ["items", { id: first.id + 1, value: { array: [] } }] },
    });
    expect(preview(items, limits)).toMatchObject({ id: first.id + 1 });
    expect(preview([cart, cart], limits)).toMatchObject({
      id: first.id + 2,
      value: {
        array: [
          { id: first.id },
          { id: first.id, value: { tag: layout.TAG_CIRCULAR, payload: 3 } },
        ],
      },
    });
  });

  it("never runs the program's code", () => {
    const trap = (): never => {
      throw new Error("ran");
    };
    const handler = new Proxy({}, { get: trap });
    class Odd extends Error {
      override get name(): string {
        return trap();
      }
      get [Symbol.toStringTag](): string {
        return trap();
      }
    }
    const values = [
      new Proxy({}, handler),
      new Proxy(() => 1, handler),
      Object.setPrototypeOf({ a: 1 }, new Proxy({}, handler)),
      {
        get a() {
          return trap();
        },
        toString: trap,
        toJSON: trap,
        valueOf: trap,
      },
      new Odd("x"),
      Object.defineProperty(new Error("y"), "message", { get: trap }),
      Object.defineProperty(new Error("z"), "stack", { get: trap }),
      Object.defineProperty(function f() {}, "name", { get: trap }),
    ];
    for (const value of values) expect(() => preview(value)).not.toThrow();
  });

  it("stays within a record whatever it is given", () => {
    fc.assert(
      fc.property(fc.anything({ maxDepth: 5, withBigInt: true, withDate: true }), (value) => {
        startFake();
        probes.e3(7, value, "x".repeat(500), value);
        expect(readRing(fake.memory).at(-1)?.values).toHaveLength(3);
      }),
      { seed: 7 },
    );
  });

  it("leaves nothing behind a record that it filled", () => {
    const words = new Float64Array(fake.memory);
    const wide = (depth: number): unknown =>
      depth === 0
        ? "y".repeat(199)
        : Object.fromEntries(
            Array.from({ length: 12 }, (_, at) => ["k".repeat(150 + at), wide(depth - 1)]),
          );
    const map = new Map(Array.from({ length: 12 }, (_, at) => ["k".repeat(150 + at), wide(2)]));
    const values = [wide(1), wide(2), wide(3), [wide(2), wide(2)], map, new Set([map, wide(2)])];
    for (const value of values) {
      startFake();
      for (let i = 0; i < 40; i++) {
        probes.e1(7, value);
        expect(words[pos()]).toBe(0);
        expect(new Int32Array(fake.memory)[2 * pos()]).toBe(0);
      }
    }
  });
});

describe("the trap corpus", () => {
  // What was looked into before must not spare a value its test.
  beforeEach(() => {
    lookFreely(true);
  });
  afterEach(() => {
    lookFreely(false);
  });

  it.each(traps())("%s: nothing is run, and a record's bounds hold", (_what, value) => {
    for (const given of [value, { value }, [value], new Map([[value, value]])]) {
      ran.times = 0;
      startFake();
      expect(() => probes.e1(7, given)).not.toThrow();
      const record = readRing(fake.memory).at(-1);
      expect(record?.values).toHaveLength(1);
      expect(record?.words).toBeLessThanOrEqual(layout.MAX_RECORD_WORDS);
      expect(ran.times).toBe(0);
    }
  });

  it("built-ins that the program replaced are not called", () => {
    const replaced: [object, PropertyKey][] = [
      [Map.prototype, "entries"],
      [Map.prototype, "size"],
      [Set.prototype, "values"],
      [Object.getPrototypeOf(new Map().entries()) as object, "next"],
      [Object.getPrototypeOf(new Set().values()) as object, "next"],
      [RegExp.prototype, "flags"],
      [RegExp.prototype, "global"],
      [Date.prototype, "getTime"],
    ];
    const kept = replaced.map(([holder, name]) => Object.getOwnPropertyDescriptor(holder, name));
    const values = [new Map([[1, 2]]), new Set([1]), /a/g, new Date(5)];
    let calls = 0;
    startFake();
    for (const [holder, name] of replaced) {
      const get = (): unknown => {
        calls += 1;
        return undefined;
      };
      Object.defineProperty(holder, name, { configurable: true, get });
    }
    try {
      for (const value of values) probes.e1(7, value);
    } finally {
      replaced.forEach(([holder, name], at) => {
        Object.defineProperty(holder, name, kept[at] as PropertyDescriptor);
      });
    }
    expect(calls).toBe(0);
    expect(readRing(fake.memory).map((record) => record.values[0])).toEqual([
      { map: [1, 2], length: 1 },
      { set: [1], length: 1 },
      { regexp: "/a/g" },
      { date: 5 },
    ]);
  });
});

describe("an error whose heading is the program's code", () => {
  it("is kept without its stack, and the code does not run", () => {
    let runs = 0;
    class Sly extends Error {
      override get message(): string {
        runs += 1;
        return "sly";
      }
    }
    preview(new Sly());
    preview(
      Object.setPrototypeOf(
        new Error("x"),
        new Proxy(Error.prototype, {
          get: (target, key) => ((runs += 1), Reflect.get(target, key)),
        }),
      ),
    );
    expect(runs).toBe(0);
  });
});
