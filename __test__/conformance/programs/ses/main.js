/** All of the language's objects frozen, programs in compartments, and what they may not do. */
"use strict";
require("ses");
lockdown({ errorTaming: "unsafe", consoleTaming: "unsafe", overrideTaming: "moderate" });
const tried = (name, f) => { try { console.log(name, f()); } catch (error) { console.log(name, `${error}`); } };

tried("frozen", () => { Array.prototype.map = 1; });
tried("date", () => [typeof Date.now(), Object.isFrozen(Object.prototype), Object.isFrozen(Promise)]);
const shop = harden({ total: (lines) => lines.reduce((sum, { cents }) => sum + cents, 0), each: function* (n) { for (let i = 0; i < n; i++) yield i; } });
tried("harden", () => { shop.total = 1; });
const compartment = new Compartment({ globals: { shop, log: (...all) => console.log("inside", ...all) }, __options__: true });
tried("sum", () => compartment.evaluate("shop.total([{ cents: 1 }, { cents: 41 }])"));
tried("generator", () => compartment.evaluate("[...shop.each(4)].map((n) => n ** 2).join()"));
tried("no process", () => compartment.evaluate("typeof process + typeof require + typeof fetch"));
tried("own globals", () => compartment.evaluate("globalThis.x = () => { throw new TypeError('own') }; x()"));
tried("constructor", () => compartment.evaluate("(() => 1).constructor('return this')() === globalThis"));
tried("text", () => [compartment.evaluate("String(shop.total)"), String(shop.total)]);
tried("import", () => compartment.evaluate("import('fs')"));
tried("class", () => compartment.evaluate("class A { #p = 1; get p() { return this.#p } static { log('static') } } new A().p"));
tried("clash", () => compartment.evaluate("const $ = 1, list = [(a) => a + $]; list[0](2)"));
(async () => {
  console.log(await compartment.evaluate("(async () => { await null; return shop.total([{ cents: 5 }]) })()"));
  const error = await compartment.evaluate("(async () => { throw new RangeError('late') })()").catch((error) => error);
  console.log(error instanceof RangeError, `${error}`, Object.isFrozen(RangeError.prototype));
  const proxy = new Proxy({ ...shop }, { get: (target, key) => (typeof target[key] === "function" ? (...all) => [String(key), target[key](...all)] : target[key]) });
  console.log(proxy.total([{ cents: 2 }]));
})();
