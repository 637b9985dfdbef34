import { describe, expect, it } from "vitest";
import { nodes, project, run } from "../support/program";

const ALL = "{ hits: 1e6, totalHits: 1e6, cpuMs: 1e6, pauseMs: 1e6 }";
const LIB = `
class Declined extends Error { constructor(message, options) { super(message, options); this.name = "Declined"; this.code = 402; } }
function first(n) { throw new Error("first " + n); }
function total(items) { let sum = 0; for (const item of items) { if (item.price < 0) throw new RangeError("bad " + item.sku); sum += item.price; } return sum; }
function checkout(cart) { const rate = 2; return total(cart.items) * rate; }
function order(cart) { try { return checkout(cart); } catch (error) { return error.message; } }
function wraps(cart) { try { return checkout(cart); } catch (cause) { throw new Declined("no", { cause }); } }
function again(n) { try { first(n); } catch (error) { throw error; } }
function primitive(n) { const kept = [n]; if (kept) throw "text " + n; }
function nothing() { const kept = 1; if (kept) throw undefined; }
function last(n) { try { first(n); } finally { note(n); } }
function note(n) { return n; }
function nested(n) { try { try { first(n); } catch (a) { note(1); throw new TypeError("inner"); } } catch (b) { note(2); } return n; }
function pattern(n) { try { first(n); } catch { return n; } }
function deep(n) { if (n === 0) throw new Error("bottom"); return deep(n - 1); }
function closes(n) { const held = { n }; const inner = (m) => { const own = m + held.n; if (own) throw new Error("closed"); }; inner(2); }
function hides(item) { const name = "outer"; { const name = "inner"; if (item) throw new Error(name); } return name; }
class Cart { constructor() { this.size = 3; } fail(by) { const left = this.size - by; if (left) throw new Error("full"); } }
async function waits(n) { await null; const m = n + 1; if (m) throw new Error("late " + n); }
async function atOnce(n) { const m = n + 1; if (m) throw new Error("soon " + n); }
async function asks(n) { const before = n; return waits(before); }
`;
const NAMES = [...LIB.matchAll(/^(?:async )?(?:function|class) (\w+)/gm)].map((match) => match[1]);
const CALLS = `
const tries = [
  () => l.order({ items: [{ sku: "a", price: 1 }, { sku: "b", price: -1 }] }), () => l.wraps({ items: [{ sku: "c", price: -1 }] }),
  () => l.first(1), () => l.again(2), () => l.primitive(3), () => l.nothing(), () => l.last(4), () => l.nested(5), () => l.pattern(6),
  () => l.deep(3), () => l.closes(1), () => l.hides(1), () => new l.Cart().fail(1), () => l.waits(1), () => l.atOnce(2), () => l.asks(3),
];
for (const each of tries) try { out.push(await each()); } catch (error) { out.push(String(error?.message ?? error)); }
`;

/** Prints what the program had, and the rows of exceptions. */
const mainOf = (calls: string, options = ""): string => `
import { createRequire } from "node:module";
import { Breadcrumb } from "breadcrumb-tracer";
import { openStore } from "breadcrumb-tracer/query";
const require = createRequire(import.meta.url);
let l = process.argv[2] === "inspector" ? require("./src/lib.js") : undefined;
const session = await Breadcrumb.start({
  include: ["src/**"], store: "./store", overflow: "block", values: { budget: 0 }, inspector: ${ALL}, ${options}
});
l ??= require("./src/lib.js");
const out = [];
${calls}
await session.stop();
const reader = await openStore("./store");
const { items } = await reader.exceptions({ limit: 1000 });
const { items: recorded } = await reader.calls({ limit: 1000 });
await reader.close();
const exceptions = items.sort((a, b) => a.exceptionId - b.exceptionId).map(({ name, message, stack, function: f, line, handled, calls, thrownFrom, caughtBy, causes, crossed }) => ({
  name, message, stack: stack?.split("\\n").slice(0, 3), function: f, line, handled, calls, thrownFrom,
  caughtBy: caughtBy && [caughtBy.function, caughtBy.line], causes: causes.map((cause) => [cause.name, cause.message, cause.exceptionId !== null]),
  crossed: crossed.map((call) => [call.function, call.locals]),
}));
const threw = recorded.filter(({ status }) => status === "threw").map((call) => call.function).sort();
console.log(JSON.stringify({ out, exceptions, threw, counters: session.counters().inspector }).replaceAll(process.cwd(), ".").replace(/(?<="column":|src.lib.js:\\d+:)\\d+/g, "0"));
`;

interface Told {
  readonly name: string;
  readonly message: string;
  readonly stack?: readonly string[];
  readonly handled: string;
  readonly calls: number;
  readonly function: string | null;
  readonly thrownFrom: { readonly line: number } | null;
  readonly caughtBy: readonly [string, number] | null;
  readonly crossed: readonly (readonly [string, unknown])[];
}

interface Answer {
  readonly out: readonly unknown[];
  readonly exceptions: readonly Told[];
  readonly threw: readonly string[];
  readonly counters?: {
    readonly exceptions: number;
    readonly withoutException: number;
    readonly pauseNs: number;
  };
}

function answerOf(
  node: string,
  files: Readonly<Record<string, string>>,
  backend: string,
  args: readonly string[] = [],
): Answer {
  const ended = run(node, [...args, "main.mjs", backend], project(files));
  expect(ended, ended.stderr).toMatchObject({ status: 0, signal: null });
  return JSON.parse(ended.stdout) as Answer;
}

const lib = (text: string): string => `${text}\nmodule.exports = { ${NAMES.join(", ")} };`;

describe.each(nodes)("exceptions in loaded files on %s", (name, node) => {
  it.each(["", "locals: true"])("are told as probes tell them (%s)", (options) => {
    const files = { "src/lib.js": lib(LIB), "main.mjs": mainOf(CALLS, options) };
    const probe = answerOf(node, files, "probe");
    const inspector = answerOf(node, files, "inspector");
    expect(inspector.out).toEqual(probe.out);
    expect(inspector.threw).toEqual(probe.threw);
    expect(inspector.exceptions).toEqual(probe.exceptions);
    expect(inspector.exceptions.length).toBeGreaterThan(15);
    expect(inspector.counters?.withoutException).toBe(0);
  });
});
