"use strict";
class Shop {
  #lines = [];
  add(name, cents) { this.#lines.push({ name, cents }); return this; }
  get total() { return this.#lines.reduce((sum, { cents }) => sum + cents, 0); }
  *[Symbol.iterator]() { for (const { name } of this.#lines) yield name; }
  fail(n) { if (n < 0) return n; switch (n) { case 1: throw new RangeError("one is too few"); default: return this.fail(n - 1); } }
}
const fibonacci = (n) => (n < 2 ? n : fibonacci(n - 1) + fibonacci(n - 2));
function sorted(list) {
  if (list.length < 2) return list;
  const [first, ...rest] = list;
  return [...sorted(rest.filter((n) => n < first)), first, ...sorted(rest.filter((n) => n >= first))];
}
exports.Shop = Shop;
exports.run = function run(n) {
  const shop = new Shop();
  for (let at = 0; at < n; at++) shop.add(`item ${String.fromCharCode(97 + at)}`, at * 7 % 5);
  const told = [...shop].map((name) => name.toUpperCase()).join(", ");
  let caught = "";
  try { shop.fail(3); } catch ({ message }) { caught = message; } finally { caught += "!"; }
  return { told, total: shop.total, caught, fibonacci: fibonacci(12), sorted: sorted([5, 3, 9, 1, 7]).join("") };
};
