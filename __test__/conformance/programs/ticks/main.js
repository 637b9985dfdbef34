/** What runs right behind the main script, and which workers a program is told of. */
"use strict";
const { register } = require("node:module");
const { pathToFileURL } = require("node:url");
const seen = [];
const say = (what) => {
  const frames = new Error(what).stack.split("\n").slice(2);
  seen.push(`${what}: ${frames.map((frame) => frame.trim().replaceAll(__dirname, "")).join(" < ")}`);
};
const listeners = (when) => {
  const counts = ["stdout", "stderr"].map((name) => {
    const stream = process[name];
    return stream.eventNames().map((event) => `${String(event)} ${stream.listenerCount(event)}`).join();
  });
  seen.push(`${when}: ${counts.join(" | ")}, at most ${process.stdout.getMaxListeners()}`);
};

process.on("worker", (worker) => say(`worker ${worker.threadId > 0}`));
process.on("unhandledRejection", ({ message }) => say(`unhandled ${message}`));
process.on("exit", () => console.log(seen.join("\n")));

Promise.resolve().then(() => say("microtask"));
queueMicrotask(() => say("queued"));
Promise.reject(new Error("nobody"));
(async () => {
  await null;
  say("behind an await");
  throw new Error("late");
})();

setTimeout(() => {
  say("before the loader");
  process.nextTick(() => say("tick before it"));
  listeners("before the loader");
  register("./hooks.mjs", pathToFileURL(__filename));
  listeners("behind it");
  process.nextTick(() => say("tick behind it"));
  register("./hooks.mjs?again", pathToFileURL(__filename));
  // When the thread answers is not told: what else is due by then varies.
  import("./late.mjs").then(({ text }) => seen.push(text));
}, 20);
