/** Stacks of caught errors, down to Node's own frames. */
"use strict";
class Shelf {
  static #check(item) { if (item === null) throw new TypeError("no item"); return item; }
  add(item) { return [item].map((each) => Shelf.#check(each)); }
  get first() { return this.add(null); }
}
const attempt = (action) => { try { return action(); } catch (error) { return error.stack; } };
console.log(attempt(() => new Shelf().first));
console.log(attempt(function named() { return null.property; }));
