/**
 * What a program is told that formats stacks itself, as depd, callsites, source-map-support and
 * v8-callsites do.
 */
"use strict";
const { basename } = require("node:path");
const vm = require("node:vm");

// Not while the file is loaded: on Node 20 stacks end a frame early then.
setImmediate(() => {
const first = Object.getOwnPropertyDescriptor(Error, "prepareStackTrace");
console.log({ ...first, value: typeof first.value }, first.value.name, first.value.length);

/** Everything that a call site tells. */
function tell(site) {
  const told = {};
  for (const name of Object.getOwnPropertyNames(Object.getPrototypeOf(site))) {
    if (!/^(?:is|get|toString)/.test(name) || name === "getScriptHash") continue;
    const value = name === "getThis" ? undefined : site[name]();
    told[name] = typeof value === "function" ? `${value.name}: ${value}` : value;
  }
  return told;
}

function caught(action) { try { return action(); } catch (error) { return error.stack; } }
function withFormat(format, action) {
  const before = Error.prepareStackTrace;
  Error.prepareStackTrace = format;
  try { return caught(action); } finally { Error.prepareStackTrace = before; }
}

class Shop {
  static #sum(items) { return items.map((item) => item.price.amount); }
  total() { return [Shop.#sum([{ price: {} }, {}])].length; }
  get size() { return this.total(); }
}

console.log(withFormat((_, sites) => sites.slice(0, 8).map(tell), () => new Shop().size));
console.log(withFormat((_, sites) => sites.slice(0, 6).map(tell), () => eval("1; (() => null.eval)()")));
console.log(withFormat((_, sites) => sites.slice(0, 6).map(tell), () => new Function("f", "return f()")(function made() { throw new Error("made"); })));
console.log(withFormat((error, sites) => `${error}|${sites.join("|")}`, () => new Shop().total()));

// callsites, depd: the pair with captureStackTrace.
function callSites(skip) {
  return withFormat((_, sites) => sites, () => { const holder = {}; Error.captureStackTrace(holder, skip); return holder.stack; });
}
function where() { const [site] = callSites(where); return `${basename(site.getFileName())}:${site.getLineNumber()}:${site.getColumnNumber()}`; }
const pair = [() => where(), async () => { await null; return where(); }];
console.log(pair[0](), Array.isArray(callSites()), callSites().length);
console.log(callSites().map((site) => [site.constructor.name, Object.keys(site), String(site).length, Object.isExtensible(site)]));
console.log(callSites(where)[0], Object.prototype.toString.call(callSites()[0]));
{
  const [site] = callSites(callSites), prototype = Object.getPrototypeOf(site);
  for (const name of Object.getOwnPropertyNames(prototype)) {
    const { value, ...how } = Object.getOwnPropertyDescriptor(prototype, name);
    console.log(name, value.name, value.length, how, name === "constructor" || String(value), "prototype" in value);
  }
  try { prototype.getColumnNumber.call({}); } catch (error) { console.log(error.name, error.message); }
  // source-map-support makes copies of call sites.
  const copy = Object.fromEntries(Object.getOwnPropertyNames(prototype).filter((name) => /^(?:is|get)/.test(name)).map((name) => [name, () => site[name].call(site)]));
  console.log(copy.getColumnNumber(), copy.getEnclosingColumnNumber?.(), copy.getPosition());
}

// Other ways to set it, and what can be read back.
const own = (_, sites) => sites.length; Error.prepareStackTrace = own;
console.log(Error.prepareStackTrace === own, Object.getOwnPropertyDescriptor(Error, "prepareStackTrace"));
delete Error.prepareStackTrace;
console.log("prepareStackTrace" in Error, Object.hasOwn(Error, "prepareStackTrace"), caught(() => new Shop().total()));
Object.defineProperty(Error, "prepareStackTrace", { configurable: true, get() { return (_, sites) => sites.map((site) => site.getColumnNumber()); } });
console.log(caught(() => new Shop().total()));
Object.defineProperty(Error, "prepareStackTrace", first);
// A format that fails is the one who reads the stack to hear of it.
try { withFormat(() => { throw new RangeError("no format"); }, () => null.x); } catch (error) { console.log(error.name, error.message); }
console.log(withFormat(undefined, () => new Shop().total()));

// Another realm has an Error of its own.
const there = vm.createContext({ caught, Shop });
console.log(vm.runInContext("Error.prepareStackTrace = (_, sites) => sites.map((site) => `${site.getColumnNumber()}`).join();\n try { (() => new Shop().total())(); } catch (error) { error.stack } ", there));
console.log(vm.runInContext("try { null.x } catch (error) { error.stack }", there));
console.log(vm.runInContext("caught(() => null.x)", vm.createContext({ caught })));

const wait = async (ms) => { await new Promise((resolve) => setTimeout(resolve, ms)); throw new Error("late"); };
async function later() { const done = 1; try { return await wait(1); } finally { void done; } }
(async () => { console.log(await pair[1]()); try { await later(); } catch (error) { console.log(error.stack); }
  Error.prepareStackTrace = (_, sites) => sites.map(tell);
  try { await Promise.all([1, later()]); } catch (error) { console.log(error.stack); }
})();
});
