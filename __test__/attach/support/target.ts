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
