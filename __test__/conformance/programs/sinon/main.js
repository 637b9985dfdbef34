/** Spies, stubs, clocks and servers that stand for the program's functions, and say what was called how. */
"use strict";
const sinon = require("sinon");
const tried = (name, f) => { try { console.log(name, f()); } catch (error) { console.log(name, error.name, error.message.replaceAll(__dirname, "").split("\n").map((line) => line.trim())); } };

class Shop {
  #rate = 2;
  constructor(name) { this.name = name; }
  total(...cents) { return this.#rate * cents.reduce((sum, n) => sum + n, 0); }
  get label() { return `shop ${this.name}`; }
  async later(n) { await null; if (n > 2) throw new RangeError(`no ${n}`); return this.total(n); }
  *each() { yield* [1, 2]; }
}
const shop = new Shop("a");
const spy = sinon.spy(shop, "total");
shop.total(1, 2); shop.total(); tried("throws", () => shop.total.call({}, 1));
console.log(spy.callCount, spy.firstCall.args, spy.returnValues, spy.threw(), spy.calledOn(shop), String(spy), spy.length, spy.name);
console.log(spy.getCalls().map((call) => String(call).replaceAll(__dirname, "")));
tried("assert", () => sinon.assert.calledWith(spy, 7, sinon.match.string));
tried("order", () => sinon.assert.callCount(spy, 1));
spy.restore();
const stub = sinon.stub(Shop.prototype, "total").callThrough().withArgs(5).returns("five");
sinon.stub(shop, "label").get(() => "stubbed");
console.log(shop.total(5), shop.total(6), shop.label, stub.calledOnce);
sinon.restore();
console.log(shop.label, shop.total(5));
const mock = sinon.mock(shop); mock.expects("total").once().withExactArgs(3).returns(9);
console.log(shop.total(3)); tried("verify", () => mock.verify()); tried("unexpected", () => shop.total(4)); mock.restore();
const fake = sinon.fake((a, b) => a ?? b), instance = sinon.createStubInstance(Shop, { total: 4 });
console.log(fake(null, 2), fake.lastCall.args, instance.total(), instance instanceof Shop, instance.later(1));
console.log(sinon.match({ a: sinon.match.number }).test({ a: 1 }), String(sinon.match.has("x", 1)));
const calls = []; const box = sinon.createSandbox({ useFakeTimers: { now: 1e12, toFake: ["setTimeout", "setInterval", "clearInterval", "Date", "nextTick", "queueMicrotask"] } });
setTimeout(() => calls.push("timeout", Date.now()), 100); const every = setInterval(() => calls.push("every"), 30);
process.nextTick(() => calls.push("tick")); queueMicrotask(() => calls.push("micro"));
box.clock.tick(101); clearInterval(every); box.clock.runAll();
const sameText = String(shop.total) === String(Shop.prototype.total);
box.restore();
console.log(calls, sameText, typeof Date.now());
(async () => {
  const later = sinon.spy(shop, "later");
  console.log(await Promise.allSettled([shop.later(1), shop.later(3)]).then((all) => all.map(({ status, value, reason }) => [status, value ?? String(reason)])), later.callCount);
  const rejects = sinon.stub().onFirstCall().rejects(new Error("first")).onSecondCall().resolves(2);
  console.log(await rejects().catch(String), await rejects(), await rejects());
  const clock = sinon.useFakeTimers(); const order = [];
  (async () => { await null; order.push("a"); await new Promise((resolve) => setTimeout(resolve, 50)); order.push("b", Date.now()); })();
  await clock.tickAsync(60); clock.restore(); console.log(order);
})();
