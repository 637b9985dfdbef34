/**
 * What generated programs play with: globals that log all that happens to them.
 *
 * `proxy({})` logs each trap, `iter(2)` each step and its end, `drive(f, args)` calls a function and
 * goes through what it gives, whatever kind it is.
 * Limits: a program that has logged MAX_ENTRIES lines or had MAX_TURNS turns gets no more fuel for
 * its loops.
 */
"use strict";

const MAX_ENTRIES = 400;
const MAX_TURNS = 1000;
const MAX_DEPTH = 3;
const MAX_STEPS = 4;
/** Of a stack that is cut at the limit as many frames are missing as are taken out of it for being
 * ours, a known gap: so more are taken than shown. */
const MAX_FRAMES = 20;
Error.stackTraceLimit = 100;

/** Lines of the present program. */
let lines = [];
/** What the present program waits for. */
let pending = 0;
/** Calls that are being driven, one in another. */
let driving = 0;
/** Turns of its loops. */
let turns = 0;
/** The file of the present program, whose frames are shown. */
let file = "\0";

const { apply, ownKeys } = Reflect;
const toText = Function.prototype.toString;

/** Begins a program. */
function begin(path) {
  lines = [];
  pending = 0;
  driving = 0;
  turns = 0;
  file = path;
  Object.assign(globalThis.obj, { n: 1, p: "own" });
}

function say(text) {
  if (lines.length < 4 * MAX_ENTRIES) lines.push(text);
}

/** A value as text; runs traps and getters of the program as any logger would. */
function show(value, depth = 0) {
  if (typeof value === "string") return JSON.stringify(value.replace(UNTELLABLE, "…"));
  if (typeof value === "symbol" || value === null || typeof value !== "object") {
    return typeof value === "function" ? describe(value) : String(value) + (typeof value)[0];
  }
  if (value instanceof Error) return showError(value);
  if (depth >= MAX_DEPTH) return "…";
  const keys = ownKeys(value).slice(0, 6);
  const parts = keys.map((key) => `${String(key)}: ${show(value[key], depth + 1)}`);
  return `${value.constructor?.name} {${parts.join(", ")}}`;
}

function describe(f) {
  return `[${f.name}/${f.length}/${apply(toText, f, [])}]`;
}

/**
 * Errors whose place is a known gap (docs/internal/instrument/design.md): V8 gives the first thing
 * that a statement evaluates the statement's place, and ours is evaluated before.
 */
const PLACED_BY_STATEMENT = /^(?:Must call super|Super) constructor|iterable/;
/** How V8 tells of what could not be called or iterated, where that holds calls or functions. */
const UNTELLABLE = /^.*(?:\(intermediate value\)|\(\.\.\.\)).*(?= is )/;
const UNITERABLE = /^.*iterable.*$/;
/** Messages in which V8 writes a function's text out, probes and all: a known gap. */
const WITH_TEXT = /(Cannot use 'in' operator|Class extends value|incompatible receiver)[^]*/;
/** V8 gives the call of these no place of its own, so it has that of whatever ran before. */
const INITIALIZER =
  /<static_initializer>|<instance_members_initializer>|\[Symbol\.(?:d|asyncD)ispose\]/;

/** An error with its frames in the program. */
function showError(error) {
  const tell = (text) =>
    String(text)
      .replace(WITH_TEXT, "$1")
      .replace(UNITERABLE, "not iterable")
      .replace(UNTELLABLE, "…");
  const message = tell(error.message);
  const stack = String(error.stack);
  const heading = tell(stack.split("\n", 1)[0]);
  const all = stack
    .split("\n")
    .filter((line) => line.includes(file))
    .slice(0, MAX_FRAMES)
    .map((line, i, frames) => (INITIALIZER.test(frames[i - 1] ?? "") ? "(called)" : line));
  const shown = PLACED_BY_STATEMENT.test(message) ? all.slice(1) : all;
  return `${error.name}: ${message} | ${heading} | ${shown.map((f) => f.trim()).join(" < ")}`;
}

function log(what, value) {
  say(`${what} ${safely(() => show(value))}`);
  return value;
}

function safely(action) {
  try {
    return action();
  } catch (error) {
    return `!${error instanceof Error ? showError(error) : typeof error}`;
  }
}

/** A loop's condition. */
function fuel(goesOn) {
  turns++;
  return goesOn && turns < MAX_TURNS && lines.length < MAX_ENTRIES;
}

/** Calls `f` and steps through its iterator or waits for its promise. */
function drive(f, args) {
  if (driving > 3 || !fuel(true)) return undefined;
  driving++;
  try {
    if (typeof f !== "function") return driveObject(f, args);
    log("driven", f);
    const isClass = apply(toText, f, []).startsWith("class");
    const value = isClass ? new f(...args) : f(...args);
    follow(value, f.name);
    if (isClass) driveObject(value, args);
    return value;
  } catch (error) {
    log("drive threw", error);
    return undefined;
  } finally {
    driving--;
  }
}

/** Calls the methods of an object or of an instance. */
function driveObject(value, args) {
  const holders = [value, Object.getPrototypeOf(value)];
  for (const holder of holders) {
    if (holder == null || holder === Object.prototype || holder === Base.prototype) continue;
    for (const key of ownKeys(holder)) {
      if (key === "constructor") continue;
      say(`member ${String(key)}`);
      safely(() => (value[key] = args[0]));
      const member = safely(() => value[key]);
      if (typeof member === "function" && key !== "use") {
        log(
          "member gave",
          safely(() => follow(value[key](...args), String(key))),
        );
      }
    }
  }
  if (typeof value?.use === "function") safely(() => value.use());
  return value;
}

function follow(value, name) {
  if (value === null || typeof value !== "object") return log(`${name} gave`, value);
  if (typeof value.then === "function") {
    pending++;
    const done = (how) => (result) => {
      pending--;
      log(`${name} ${how}`, result);
    };
    value.then(done("resolved"), done("rejected"));
  } else if (typeof value.next === "function") {
    if (typeof value[Symbol.asyncIterator] === "function") void followAsync(value, name);
    else followSteps(value, name);
  } else log(`${name} gave`, value);
  return value;
}

/** How the steps of an iterator end, by the number of those before. */
const ENDINGS = ["return", "throw", "next", "next"];

function followSteps(iterator, name) {
  for (let step = 0; step < MAX_STEPS; step++) {
    const how = step === 0 ? "next" : ENDINGS[(name.length + step) % ENDINGS.length];
    const result = iterator[how]?.(how === "throw" ? new Error("injected") : step);
    log(`${name} ${how}`, result);
    if (result?.done) break;
  }
}

async function followAsync(iterator, name) {
  pending++;
  try {
    for (let step = 0; step < MAX_STEPS; step++) {
      const how = step === 0 ? "next" : ENDINGS[(name.length + step) % ENDINGS.length];
      const result = await iterator[how]?.(how === "throw" ? new Error("injected") : step);
      log(`${name} ${how}`, result);
      if (result?.done) break;
    }
  } catch (error) {
    log(`${name} failed`, error);
  } finally {
    pending--;
  }
}

function iter(length) {
  let i = 0;
  const count = typeof length === "number" && length < 4 ? length : 2;
  return {
    [Symbol.iterator]() {
      return this;
    },
    next(value) {
      log("iter next", value);
      return i < count ? { value: i++, done: false } : { value: "end", done: true };
    },
    return(value) {
      log("iter return", value);
      return { value, done: true };
    },
  };
}

function aiter(length) {
  const sync = iter(length);
  return {
    [Symbol.asyncIterator]() {
      return this;
    },
    next: (value) => Promise.resolve(sync.next(value)),
    return: (value) => Promise.resolve(sync.return(value)),
  };
}

function thenable(value) {
  return {
    // oxlint-disable-next-line unicorn/no-thenable -- not all that programs await is a promise
    then(resolve) {
      say("then called");
      resolve(value);
    },
  };
}

function later(value) {
  pending++;
  return new Promise((resolve) => {
    setImmediate(() => {
      pending--;
      resolve(value);
    });
  });
}

/** A proxy that logs its traps. */
function proxy(target) {
  const handler = {};
  for (const trap of Object.getOwnPropertyNames(Reflect)) {
    handler[trap] = (...args) => {
      say(
        `trap ${trap} ${typeof args[1] === "string" || typeof args[1] === "symbol" ? String(args[1]) : ""}`,
      );
      return Reflect[trap](...args);
    };
  }
  return new Proxy(target, handler);
}

/** Not a `RangeError`: at one of these the flag of `stack-end.ts` ends the process too. */
function boom() {
  throw new EvalError("boom");
}

const templates = new WeakSet();

/** Tells whether the strings of a template are the ones that it had before. */
function tag(strings, ...values) {
  say(`tag ${templates.has(strings)} ${Object.isFrozen(strings)} ${strings.raw.join()}`);
  templates.add(strings);
  return values[0];
}

class Base {
  constructor(v) {
    say(`Base ${typeof v} ${new.target === Base}`);
    this.v = v;
  }
  get inherited() {
    return "inherited";
  }
}

const obj = {
  n: 1,
  p: "own",
  m(...args) {
    log("m", args);
    return args[0];
  },
  get deep() {
    say("get deep");
    return undefined;
  },
};

const meta = (f) => log("meta", [f.name, f.length, String(f)]);
const maker = (v) => () => v;
const disposable = (n) => ({
  [Symbol.dispose ?? Symbol()]: () => say(`dispose ${n}`),
  [Symbol.asyncDispose ?? Symbol()]: () => (say(`asyncDispose ${n}`), Promise.resolve()),
});

const toys = { log, show, fuel, drive, iter, aiter, thenable, later, proxy, boom, tag, Base, obj };
Object.assign(globalThis, toys, { meta, maker, disposable });

module.exports = { begin, log, say, lines: () => lines, isWaiting: () => pending > 0 };
