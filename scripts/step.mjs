/**
 * Runs one command of a longer job and says how it goes.
 *
 *     ▸ build the addon
 *       0:20  Compiling oxc_ast v0.146.0
 *     ✓ build the addon (94 s)
 *
 * Plain Node 20, no dependencies: it runs before `npm install`.
 */
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

/** Root of the repository. */
export const ROOT = fileURLToPath(new URL("..", import.meta.url));
/** A step that says nothing for this long gets a line of progress. */
const HEARTBEAT_MS = 20_000;
/** Lines of a failed step's output that are kept. */
const MAX_KEPT_LINES = 400;

/** Lines that say only that a step goes on. */
const PROGRESS = /^\s*(?:Compiling|Downloaded|Downloading|Checking|Fresh) /;

/** A step that failed; what it printed has been shown. */
export class StepError extends Error {
  constructor(title, status) {
    super(`${title} failed (${status})`);
    this.name = "StepError";
  }
}

/**
 * Runs a command, its output hidden behind a heartbeat unless it fails or `show` is set.
 *
 * @param {string} title what the step does, in the imperative
 * @param {string[]} command program and arguments
 * @param {{ show?: boolean, cwd?: string, env?: NodeJS.ProcessEnv }} [options]
 * @returns {Promise<string>} what it printed, cut to its last lines; empty with `show`
 */
export async function step(title, command, options = {}) {
  const began = Date.now();
  console.log(`▸ ${title}`);
  const [program, ...rest] = command;
  const child = spawn(program, rest, {
    cwd: options.cwd ?? ROOT,
    env: options.env ?? process.env,
    stdio: options.show ? "inherit" : ["ignore", "pipe", "pipe"],
    // npm is a .cmd there
    shell: process.platform === "win32",
  });
  const lines = options.show ? [] : follow(child, began);
  const status = await ended(child);
  const seconds = `${((Date.now() - began) / 1000).toFixed(1)} s`;
  if (status !== 0) {
    const told = lines.filter((line) => !PROGRESS.test(line));
    if (!options.show) console.error(told.join("\n"));
    console.error(`✗ ${title} (${seconds})`);
    throw new StepError(title, status);
  }
  console.log(`✓ ${title} (${seconds})`);
  return lines.join("\n");
}

/** Exit code of a child, or its signal, or why it could not start. */
function ended(child) {
  return new Promise((resolve) => {
    child.on("error", (error) => resolve(error.message));
    child.on("close", (code, signal) => resolve(code ?? signal));
  });
}

/** Collects the output of a child and prints its last line now and then. */
function follow(child, began) {
  const lines = [];
  let said = began;
  const timer = setInterval(() => {
    if (Date.now() - said < HEARTBEAT_MS) return;
    said = Date.now();
    const elapsed = Math.round((said - began) / 1000);
    const clock = `${Math.floor(elapsed / 60)}:${String(elapsed % 60).padStart(2, "0")}`;
    console.log(`  ${clock}  ${(lines.at(-1) ?? "").trim().slice(0, 90)}`);
  }, 1000);
  child.on("close", () => clearInterval(timer));
  child.on("error", () => clearInterval(timer));
  for (const stream of [child.stdout, child.stderr]) {
    let rest = "";
    stream.setEncoding("utf8");
    stream.on("data", (text) => {
      const parts = (rest + text).split("\n");
      rest = parts.pop();
      lines.push(...parts.filter((line) => line.trim() !== ""));
      if (lines.length > MAX_KEPT_LINES) lines.splice(0, lines.length - MAX_KEPT_LINES);
    });
    stream.on("end", () => rest !== "" && lines.push(rest));
  }
  return lines;
}

/** Runs the whole of a script: a failed step ends it with exit code 1 and one line. */
export async function main(job) {
  try {
    await job();
  } catch (error) {
    console.error(error instanceof StepError ? `✗ ${error.message}` : error);
    process.exitCode = 1;
  }
}
