/** Promises that are not the language's: a scheduler of its own, functions that it compiles, long stacks. */
"use strict";
const Promise = require("bluebird");
Promise.config({ longStackTraces: true, cancellation: true, warnings: false });
const fs = Promise.promisifyAll(require("node:fs"));
const places = (error) => [...error.stack.matchAll(/main\.js:\d+:\d+|From previous event/g)].map(String).join(" < ");

class Shop { constructor() { this.price = 2; } get(n, done) { setImmediate(() => (n > 3 ? done(new Error(`no ${n}`)) : done(null, n * this.price))); } }
const shop = Promise.promisifyAll(new Shop());
const spent = Promise.coroutine(function* (n) {
  let sum = 0;
  try { for (let at = 1; at <= n; at++) sum += yield shop.getAsync(at); } catch (error) { sum = error.message; } finally { console.log("spent", n); }
  return sum;
});
class Refused extends Error {}
const main = Promise.coroutine(function* () {
  console.log(yield spent(3), yield spent(5));
  console.log(yield Promise.map([1, 2, 3], (n) => shop.getAsync(n), { concurrency: 2 }));
  console.log(yield Promise.reduce([1, 2, 3], (sum, n) => shop.getAsync(n).then((price) => sum + price), 0));
  console.log(yield Promise.props({ a: shop.getAsync(1), b: 2 }), yield Promise.some([shop.getAsync(9), shop.getAsync(1), 7], 2));
  console.log(yield Promise.mapSeries("abc", (letter, at) => letter + at), yield Promise.filter([1, 2, 3, 4], (n) => n % 2 === 0));
  console.log(yield Promise.join(1, shop.getAsync(2), (a, b) => a + b), yield Promise.resolve([1, 2]).spread((a, b) => a - b));
  yield Promise.reject(new Refused("first")).catch(TypeError, () => console.log("wrong")).catch(Refused, (error) => console.log(error.message)).finally(() => console.log("finally"));
  const text = (yield fs.readFileAsync(__filename, "utf8")).length;
  console.log(text > 100, (yield fs.statAsync(__dirname)).isDirectory());
  yield Promise.using(Promise.resolve("held").disposer((it) => console.log("released", it)), (it) => console.log("using", it));
  yield Promise.delay(1).timeout(1000);
  yield Promise.delay(500).timeout(5, "too slow").catch(Promise.TimeoutError, (error) => console.log(error.message));
  const long = new Promise((_, __, onCancel) => onCancel(() => console.log("cancelled")));
  long.cancel();
  yield Promise.each([1, 2], (n) => Promise.delay(n).then(() => console.log("each", n)));
});
function inner() { return Promise.resolve().then(function thrower() { throw new Error("long"); }); }
function outer() { return Promise.delay(1).then(function middle() { return inner(); }); }
main().then(outer).catch((error) => console.log(places(error))).then(() => { Promise.reject(new Error("nobody")); });
process.on("unhandledRejection", (error) => console.log("unhandled", error.message));
