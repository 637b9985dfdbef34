// Every built-in method that a tracer might use tells of its use, as it may in a program that freezes,
// shims or counts what it is given. Nothing but the program itself may be seen to use one.
const util = require("node:util");

/** What descriptors and results of built-ins are asked for. */
const KEYS = ["get", "set", "value", "read", "written", "enumerable"];
const seen = new Map();
const saved = [];
let watching = false;
const { defineProperty, getOwnPropertyDescriptor } = Object;
const { apply, ownKeys } = Reflect;
const mapGet = Function.prototype.call.bind(Map.prototype.get);
const mapSet = Function.prototype.call.bind(Map.prototype.set);

function tell(name) {
  if (watching) mapSet(seen, name, (mapGet(seen, name) || 0) + 1);
}

function watch(holder, key, name) {
  const descriptor = getOwnPropertyDescriptor(holder, key);
  if (!descriptor || !descriptor.configurable) return;
  const watched = { configurable: true, enumerable: descriptor.enumerable };
  if ("value" in descriptor) {
    const { value } = descriptor;
    if (typeof value !== "function") return;
    // An accessor, so that even looking it up is seen.
    watched.get = () => (tell(name), value);
    watched.set = (other) => defineProperty(holder, key, { ...descriptor, value: other });
  } else {
    watched.get = descriptor.get && function () {
      tell(name);
      return apply(descriptor.get, this, []);
    };
    watched.set = descriptor.set;
  }
  saved.push([holder, key, descriptor]);
  defineProperty(holder, key, watched);
}

function watchAll(holder, name) {
  for (const key of ownKeys(holder)) {
    if (key !== "constructor") watch(holder, key, `${name}.${String(key)}`);
  }
}

class Cart {
  constructor(items) {
    this.items = items;
    this.when = new Date(0);
  }
  get size() {
    return this.items.length;
  }
}
const circular = { name: "ring" };
circular.self = circular;
const values = [
  1, -0, 0.5, NaN, "short", "a longer string than those that are copied one by one, in ASCII",
  "ein längerer Text, in dem nicht alle Zeichen ASCII sind, und ein ✓", "x".repeat(5000), true, null,
  undefined, 10n, 2n ** 80n, -(2n ** 90n), Symbol("s"), () => 1, [1, [2, [3, [4]]]], circular,
  new Cart([1]), new Map([[1, 2]]), new Set([1]), /x/g, new Date(1), Promise.resolve(1),
  new Proxy({}, { get: () => { throw new Error("asked"); } }), Buffer.from("ab"), new Float64Array(2),
  new DataView(new ArrayBuffer(3)), new ArrayBuffer(2), new TypeError("told"), Object.create(null),
  { get never() { throw new Error("asked"); } }, [, 1], new (class extends Array {})(3),
];

const one = (a) => a;
const two = (a, b) => b;
const seven = (a, b, c, d, e, f, g) => [a, g];
function fails(error) {
  throw error;
}
function catches(error) {
  try {
    fails(error);
  } catch (caught) {
    return caught;
  }
}
function* steps(value) {
  yield value;
}
async function waits(value) {
  await null;
  return typeof value;
}
const generator = Object.getPrototypeOf(steps(0));
const next = Object.getPrototypeOf(generator).next;

watchAll(Array.prototype, "Array.prototype");
watchAll(String.prototype, "String.prototype");
watchAll(Map.prototype, "Map.prototype");
watchAll(Set.prototype, "Set.prototype");
watchAll(WeakMap.prototype, "WeakMap.prototype");
watchAll(WeakSet.prototype, "WeakSet.prototype");
watchAll(Object.getPrototypeOf(Uint8Array.prototype), "TypedArray.prototype");
watchAll(Uint8Array.prototype, "Uint8Array.prototype");
watchAll(ArrayBuffer.prototype, "ArrayBuffer.prototype");
watchAll(DataView.prototype, "DataView.prototype");
watchAll(Date.prototype, "Date.prototype");
watchAll(RegExp.prototype, "RegExp.prototype");
watchAll(BigInt.prototype, "BigInt.prototype");
watchAll(Symbol.prototype, "Symbol.prototype");
watchAll(Error.prototype, "Error.prototype");
watchAll(Function.prototype, "Function.prototype");
watchAll(Math, "Math");
watchAll(Atomics, "Atomics");
watchAll(Reflect, "Reflect");
watchAll(Object, "Object");
watchAll(util.types, "util.types");
watch(globalThis, "Uint8Array", "Uint8Array");
watch(globalThis, "Int32Array", "Int32Array");
watch(process.hrtime, "bigint", "hrtime.bigint");
for (const key of KEYS) {
  defineProperty(Object.prototype, key, {
    __proto__: null,
    configurable: true,
    get: () => void tell(`Object.prototype.${key}`),
    set(value) {
      const all = { __proto__: null, configurable: true, enumerable: true, writable: true, value };
      defineProperty(this, key, all);
    },
  });
}

watching = true;
const { length } = values;
for (let round = 0; round < 40; round++) {
  for (let i = 0; i < length; i++) {
    one(values[i]);
    two(i, values[i]);
    seven(values[i], 1, 2, 3, 4, 5, values[i]);
    catches(values[i]);
    apply(next, steps(values[i]), []);
    waits(values[i]);
  }
}
watching = false;

for (const key of KEYS) delete Object.prototype[key];
for (let i = saved.length - 1; i >= 0; i--) defineProperty(saved[i][0], saved[i][1], saved[i][2]);
console.log([...seen].map(([name, times]) => `${name} ${times}`).join("\n") || "nothing was used");
