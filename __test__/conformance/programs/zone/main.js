/** zone.js replaces timers, promises and emitters by its own, which must look native, and cuts stacks. */
"use strict";
require("zone.js/node");
require("zone.js/plugins/long-stack-trace-zone");
const fs = require("node:fs");

const log = (...values) => console.log(...values);
const own = (stack) =>
  String(stack).split("\n").filter((line) => !/node:|zone|Elapsed/.test(line)).join("\n").replaceAll(__dirname, "");

const spec = {
  name: "watched",
  onScheduleTask(delegate, _current, target, task) {
    log("schedule", task.type, task.source);
    return delegate.scheduleTask(target, task);
  },
  onInvoke(delegate, _current, target, callback, self, args, source) {
    log("invoke", source, callback.name, callback.length);
    return delegate.invoke(target, callback, self, args, source);
  },
  onHandleError(_delegate, _current, _target, error) {
    log("error", own(error.stack), error.rejection === undefined);
    return false;
  },
  onHasTask(delegate, _current, target, state) {
    log("has", state.change, state.microTask, state.macroTask);
    delegate.hasTask(target, state);
  },
};
const watched = Zone.current.fork(spec);
const long = watched.fork(Zone.longStackTraceZoneSpec);

long.run(function main() {
  log(Zone.current.name);
  setTimeout(function late() {
    log(Zone.current.name);
    throw new RangeError("late");
  }, 1);
  Promise.resolve(1).then((value) => {
    log("then", value, Zone.current.name);
    throw new TypeError("in then");
  });
  (async function waits() {
    await null;
    log("waits", Zone.current.name);
  })();
  process.nextTick(() => log("tick", Zone.current.name));
  queueMicrotask(() => log("microtask", Zone.current.name));
  const interval = setInterval(() => {
    clearInterval(interval);
    fs.readFile(__filename, (error, data) => log("file", error, data.length > 0, Zone.current.name));
  }, 5);
});
watched.runGuarded(() => {
  throw new Error("guarded");
}, undefined, [], "by hand");
try {
  watched.run(() => {
    null.x;
  });
} catch (error) {
  log(own(error.stack));
}
const wrapped = watched.wrap(function named(a, b) {
  return [this === undefined, a, b, Zone.current.name];
}, "wrapped");
log(wrapped(1, 2), wrapped.length, wrapped.name);
for (const f of [setTimeout, Promise, Promise.prototype.then, fs.readFile, clearInterval]) {
  log(f.name, f.length, Function.prototype.toString.call(f).slice(0, 60), String(f) === f.toString());
}
log(Object.prototype.toString.call(Promise.resolve()), Promise.resolve() instanceof Promise, String(spec.onInvoke).slice(0, 60));
class Later extends Promise {}
Later.all([1, Later.resolve(2), { then: (done) => done(3) }]).then((all) => log(all, Zone.current.name));
Promise.allSettled([Promise.reject(4), 5]).then((all) => log(JSON.stringify(all)));
Promise.any([Promise.reject(6)]).catch((error) => log(error.constructor.name, error.errors));
