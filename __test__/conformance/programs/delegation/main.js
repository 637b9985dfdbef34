/** Where a generator is said to stand while it waits in a `yield*`. */
"use strict";
const say = ({ stack }) => [...stack.matchAll(/at .*main\.js:\d+:\d+/g)].slice(1, 4).join(" < ").replaceAll(__dirname, "");
function* inner() { yield say(new Error("here")); }
const shop = { a: { inner() { return inner(); }, items: null }, inner, return: inner };
const first = (iterable) => { for (const place of iterable) return place; };
const show = (generator) => console.log(first(generator.call(shop)), String(generator));
const pick = (value) => value, list = [inner];
class Each { #own() { return inner(); } *[Symbol.iterator]() { yield* this.#own(); } }

show(function* () { yield* inner(); });
show(function* () { yield* shop.a.inner(); });
show(function* () { yield* shop["a"]["inner"](); });
show(function* (items = inner()) { yield* items; });
show(function* () { const items = inner(); yield* items; });
show(function* () { shop.a.items = inner(); yield* shop.a.items; });
show(function* () { shop.a.items = inner(); yield* shop["a"]["items"]; });
show(function* () { yield* this.inner(); });
show(function* () { yield* this.return(); });
show(function* () { yield* new Each(); });
show(function* () { yield* (inner()); });
show(function* () { yield* (inner)(); });
show(function* () { yield* pick(inner)(); });
show(function* () { yield* list[0](); });
show(function* () { yield* inner`x`; });
show(function* () { yield* shop?.a?.inner(); });
show(function* () { yield* shop?.inner?.(); });
show(function* () { yield* shop ?. inner ?. ( /* ( */ ); });
show(function* () { yield* shop . inner /* ( */ (); });
show(function* () { yield* (function* () { yield* shop.inner(); })(); });
show(function* () { yield* pick.call(null, inner()); });
show(function* () { yield* pick((() => inner())()); });
show(function* () { yield* [...inner()]; });
const asynchronous = { async *each() { yield* this.more(); }, async *more() { await null; throw new Error("late"); } };
(async () => { try { for await (const one of asynchronous.each()) console.log(one); } catch (error) { console.log(error.stack); } })();
