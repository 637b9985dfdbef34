/** What a program can see of asynchronous contexts: stores, stacks of callbacks, inspection. */
"use strict";
const { AsyncLocalStorage, AsyncResource } = require("node:async_hooks");
const { EventEmitter } = require("node:events");
const http = require("node:http");
const { finished, PassThrough, pipeline, Readable } = require("node:stream");
const { inspect } = require("node:util");

const first = new AsyncLocalStorage();
const second = new AsyncLocalStorage();
const log = [];
const stores = (what) => log.push([what, first.getStore(), second.getStore()]);
const stack = (what) => log.push(new Error(what).stack);
// Numbers of resources differ from version to version.
const show = (value) => log.push(inspect(value).replace(/((?:async_?id|trigger)\w*\)\]?): \d+/gi, "$1: n"));

function entered() {
  first.enterWith("entered");
  stores("inside");
  setTimeout(() => stores("its timer"), 1);
  return Promise.resolve();
}

function left() {
  second.run("run", () => process.nextTick(() => stores("tick")));
  second.exit(() => stores("exited"));
  queueMicrotask(function inMicrotask() {
    stack("microtask");
    stores("microtask");
  });
}

async function awaited() {
  stores("before");
  await null;
  stores("after");
  second.enterWith("late");
  await new Promise((resolve) => setImmediate(resolve));
  stores("later");
}

function streams() {
  const source = Readable.from(["a"]);
  finished(source, function whenFinished() {
    stack("finished");
  });
  source.resume();
  pipeline(Readable.from(["a"]), new PassThrough().resume(), function whenPiped() {
    stack("piped");
    stores("piped");
  });
}

function resources() {
  show(new AsyncResource("Mine"));
  show(setImmediate(() => {}));
  show(AsyncResource.bind(() => {}));
  show(Promise.resolve(1));
  const bound = first.run("bound", () => AsyncResource.bind(() => stores("bound")));
  bound();
  const snapshot = second.run("snapshot", () => AsyncLocalStorage.snapshot());
  setTimeout(() => snapshot(() => stores("snapshot")), 2);
}

function deep(n) {
  if (n > 0) return deep(n - 1);
  return stack("deep");
}

const emitter = new EventEmitter();
emitter.on("event", () => stores("event"));
stores("top");
entered();
stores("outside");
left();
first.run("outer", awaited);
awaited();
streams();
resources();
emitter.emit("event");
process.nextTick(function tick() {
  queueMicrotask(() => deep(3));
  Promise.reject(new Error("unhandled"));
});
process.once("unhandledRejection", function unhandled(error) {
  log.push(error.message);
  stores("rejection");
});
first.disable();
stores("disabled");

const server = http.createServer(function handle(request, response) {
  stack("request");
  stores("request");
  first.enterWith(request.url);
  let text = "";
  request.on("data", function onData(chunk) {
    stack("data");
    text += chunk;
  });
  request.on("end", function onEnd() {
    stack("end");
    stores("end");
    response.end(text);
  });
  response.on("finish", () => stores("finish"));
});

function send(path, then) {
  const { port } = server.address();
  const request = http.request({ port, path, method: "POST", agent: false }, (response) => {
    response.resume().on("end", then);
  });
  request.end("body");
}

server.listen(0, function listening() {
  send("/one", () => send("/two", () => server.close()));
});
process.on("exit", () => {
  for (const entry of log) console.log(entry);
});
