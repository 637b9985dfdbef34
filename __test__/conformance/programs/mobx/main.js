/** Values that are watched, by getters, proxies and decorators' stand-ins. */
"use strict";
const { action, autorun, computed, configure, makeAutoObservable, observable, reaction, runInAction, when } = require("mobx");

configure({ enforceActions: "never" });
class Cart {
  lines = [];
  rate = 0.2;
  constructor() { makeAutoObservable(this, {}, { autoBind: true }); }
  get net() { return this.lines.reduce((sum, { cents }) => sum + cents, 0); }
  get gross() { return this.net * (1 + this.rate); }
  add(cents) { this.lines.push({ cents }); return this; }
  *load(n) { for (let at = 0; at < n; at++) this.add(yield Promise.resolve(at)); return this.net; }
}
const cart = new Cart();
const stop = autorun(() => console.log("gross", cart.gross.toFixed(1)));
cart.add(100).add(50);
runInAction(() => cart.add(1).add(2));
const map = observable.map({ a: 1 });
reaction(() => [...map.keys()].join(), (now, before) => console.log(before, "->", now));
map.set("b", 2); map.delete("a");
const twice = computed(() => map.get("b") * 2);
console.log(twice.get(), action(() => map.set("b", 5))() === map, twice.get());
when(() => cart.lines.length > 8).then(() => console.log("many", cart.lines.length));
cart.load(6).then((net) => { console.log(net); stop(); });
autorun(() => { if (cart.lines.length > 3) throw new Error("in a reaction"); }, { onError: (error) => console.log(error.message) });
