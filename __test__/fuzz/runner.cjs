/**
 * Runs programs one after the other in this process, and sends what each of them logged.
 *
 * Takes `{ file }`, answers `{ lines }`. With a file as argument, runs that alone and prints its
 * lines at exit.
 */
"use strict";
const { resolve } = require("node:path");
const { pathToFileURL } = require("node:url");
const scene = require("./scene.cjs");

/** Rounds of the event loop that what a program has begun may take, beside what is known of. */
const ROUNDS = 4;
const MAX_ROUNDS = 50;

const timers = /setImmediate|setTimeout|setInterval/;
const { setTimeout, setImmediate } = globalThis;
const round = () => new Promise((done) => setImmediate(() => setTimeout(done, 0)));
const globals = new Set(Reflect.ownKeys(globalThis));

for (const name of ["log", "error", "warn", "info"]) {
  console[name] = (...args) => scene.log("console", args);
}

async function run(file, source) {
  scene.begin(file);
  try {
    if (file.endsWith("mjs")) await import(pathToFileURL(file).href);
    else require(file);
  } catch (error) {
    scene.log("failed", error);
  }
  for (let i = 0; i < (timers.test(source) ? ROUNDS : 1); i++) await round();
  for (let i = 0; scene.isWaiting() && i < MAX_ROUNDS; i++) await round();
  const lines = scene.lines();
  scene.begin("\0");
  for (const key of Reflect.ownKeys(globalThis)) if (!globals.has(key)) delete globalThis[key];
  delete require.cache[file];
  listen();
  return lines;
}

/** Listeners of programs go, ours come back. */
function listen() {
  for (const event of ["exit", "beforeExit", "warning"]) process.removeAllListeners(event);
  for (const event of ["uncaughtException", "unhandledRejection"]) {
    process.removeAllListeners(event);
    process.on(event, (error) => scene.log(event, error));
  }
}

listen();

const [, , name] = process.argv;
if (name === undefined) {
  process.on("message", ({ file, source }) => {
    void run(file, source).then((lines) => process.send({ file, lines }));
  });
} else {
  const single = resolve(name);
  process.on("exit", () => process.stdout.write(`${scene.lines().join("\n")}\n`));
  scene.begin(single);
  if (single.endsWith("mjs")) {
    import(pathToFileURL(single).href).catch((error) => scene.log("failed", error));
  } else require(single);
}
