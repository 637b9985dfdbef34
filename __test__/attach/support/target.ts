/**
 * Programs to attach to, which know nothing of Breadcrumb, and the command that does it, beside one another.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { cli, type Ended, packageRoot } from "../../support/program";

/** A program that runs. */
export interface Target {
  readonly child: ChildProcess;
  readonly pid: number;
  /** What it has printed so far. */
  readonly said: () => string;
  /** What it has printed on its stderr. */
  readonly complained: () => string;
  readonly ended: Promise<readonly [code: number | null, signal: NodeJS.Signals | null]>;
}

/** Calls two functions again and again; so many times, if it is told, and then ends with 7. */
export const TICKS = `
import { total } from "./src/lib.mjs";
let left = Number(process.argv[2] ?? Infinity);
const timer = setInterval(async () => {
  await total(2);
  if (--left > 0) return;
  clearInterval(timer);
  process.exitCode = 7;
}, 20);
console.log("begun");
`;
/**
 * Once there is a file `go`, calls a function in one turn of the event loop, until it has had breakpoints and has none any
 * more.
 */
export const BUSY = `
import { existsSync } from "node:fs";
import { step } from "./src/step.mjs";
const QUICK_NS = 20_000n;
const timer = setInterval(() => {
  step(1);
  if (!existsSync("go")) return;
  clearInterval(timer);
  const until = Date.now() + 120_000;
  let [slow, quick] = [0, 0];
  while (Date.now() < until && (slow < 20 || quick < 1000)) {
    const began = process.hrtime.bigint();
    step(1);
    if (process.hrtime.bigint() - began < QUICK_NS) quick += 1;
    else [slow, quick] = [slow + 1, 0];
  }
  console.log(quick === 1000 ? "free" : "held");
  setInterval(() => {}, 1000);
}, 20);
console.log("begun");
`;
/** An Express server with one route, on a port that it prints; `/end` ends it, with exit code 3. */
export const SERVER = `
const express = require(${JSON.stringify(join(packageRoot, "node_modules/express"))});
const { total } = require("./src/cart.js");
const app = express();
app.get("/cart/:n", async (request, response) => void response.json(await total(Number(request.params.n))));
app.get("/end", (request, response) => {
  response.set("connection", "close").end("ended");
  process.exitCode = 3;
  server.close();
});
app.get("/late", (request, response) => void response.json(require("./src/late.js").late(1)));
const server = app.listen(0, "127.0.0.1", () => console.log(server.address().port));
`;
export const CART = `
function price(n) { return n * 2; }
async function total(n) { let sum = 0; for (let i = 0; i < n; i++) sum += price(i); await null; return { sum }; }
module.exports = { price, total };
`;
export const LATE = "exports.late = (a) => ({ late: a });";

const env = Object.fromEntries(
  Object.entries(process.env).filter(
    ([name]) => !name.startsWith("BREADCRUMB_") && name !== "NODE_OPTIONS" && name !== "VITEST",
  ),
);

/** Starts a program. An inspector that is opened later takes any port: others are at it beside us. */
export function start(
  command: string,
  args: readonly string[],
  cwd: string,
  more: Readonly<Record<string, string>> = {},
): Target {
  const child = spawn(command, args, { cwd, env: { ...env, ...more } });
  let [said, complained] = ["", ""];
  child.stdout.on("data", (chunk: Buffer) => (said += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (complained += chunk.toString()));
  const ended = once(child, "close") as Promise<[number | null, NodeJS.Signals | null]>;
  return {
    child,
    pid: child.pid ?? 0,
    said: () => said,
    complained: () => complained,
    ended,
  };
}

/** Waits for something. */
export async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isSo())) await new Promise((resolve) => setTimeout(resolve, 20));
}

/** `breadcrumb attach`, which goes on meanwhile. */
export function attaching(node: string, args: readonly string[], cwd: string): Target {
  return start(node, [cli, "attach", ...args], cwd);
}

/** The same, at its end. */
export async function attach(node: string, args: readonly string[], cwd: string): Promise<Ended> {
  const command = attaching(node, args, cwd);
  const [status, signal] = await command.ended;
  return { status, signal, stdout: command.said(), stderr: command.complained() };
}
