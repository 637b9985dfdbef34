/** The order of asynchronous work, what reflection sees, the program's own flags and exit code. */
"use strict";
const { AsyncLocalStorage } = require("node:async_hooks");
const log = [];
const say = (what) => () => log.push(what);

setImmediate(say("immediate"));
setTimeout(say("timeout"), 100);
process.nextTick(say("tick"));
queueMicrotask(say("microtask"));
Promise.resolve().then(say("then 1")).then(say("then 2")).finally(say("finally"));
(async () => {
  log.push("async start");
  for await (const x of (async function* () { yield 1; yield Promise.resolve(2); })()) log.push(x);
  log.push("async end");
})();
const storage = new AsyncLocalStorage();
storage.run("context", () => setTimeout(() => log.push(storage.getStore()), 200));

function* numbers(limit = 3, ...rest) {
  try {
    for (let i = 0; i < limit; i++) rest.push(yield i);
  } finally {
    log.push(`closed ${rest}`);
  }
}
for (const n of numbers()) if (n === 1) break;

function defaults(a, b = () => a, { c } = { c: arguments.length }) {
  a = 5;
  return [a, b(), c, arguments[0], new.target === undefined];
}
log.push(defaults(1), defaults.length, defaults.name, String(defaults), defaults.toString === Function.prototype.toString);
log.push(Function.prototype.toString.call(say), String(class A { static x = () => this; }));
log.push(process.argv.slice(2), process.execArgv, Object.keys(globalThis).length, process.listenerCount("SIGINT"));
log.push(require.main === module, module.children.length, process.listenerCount("exit"));
setTimeout(() => {
  for (const entry of log) console.log(entry);
  console.error(new Error("seen").stack);
  process.exitCode = 3;
}, 400);
