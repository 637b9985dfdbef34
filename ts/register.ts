/**
 * `node --require breadcrumb-tracer/register app.js`: records the whole program, from its first
 * file on. Also what `breadcrumb run` puts into `NODE_OPTIONS`.
 *
 * Options come from the environment: `BREADCRUMB_OPTIONS` (JSON of `StartOptions`, with `all`,
 * `quiet` and `strict`), then `BREADCRUMB_DIR`, `BREADCRUMB_MODE`, `BREADCRUMB_INCLUDE`,
 * `BREADCRUMB_EXCLUDE`.
 *
 * Under `--permission` Node may read this file, which it is told to preload, and none beside it: so
 * the rest is loaded by path, once it is known to be readable, and nothing is imported statically
 * that a chunk could hold.
 * Limits: with `--import` Node sends a CommonJS main program through the loader for ES modules,
 * which runs microtasks before `nextTick`s; `--require` changes nothing.
 */
import { writeSync } from "node:fs";
import { createRequire } from "node:module";
import { sep } from "node:path";
import type * as Preload from "./preload";

const STRICT_EXIT = 2;

register();

function register(): void {
  let options: Preload.RegisterOptions = {};
  const refuse = (error: unknown): void => {
    if (options.quiet !== true || options.strict === true) {
      writeSync(2, `breadcrumb: not recording: ${reasonOf(error)}\n`);
    }
    if (options.strict === true) process.exit(STRICT_EXIT);
  };
  try {
    options = JSON.parse(process.env["BREADCRUMB_OPTIONS"] ?? "{}") as Preload.RegisterOptions;
    demandPermission();
    const require = createRequire(__filename);
    const { preload } = require("./preload.js") as typeof Preload;
    // What the program finds in `require.cache` is its own.
    for (const file of Object.keys(require.cache)) {
      if (file.startsWith(`${__dirname}${sep}`)) delete require.cache[file];
    }
    preload(options, refuse);
  } catch (error) {
    refuse(error);
  }
}

/** Throws where `--permission` keeps this package from its own files. */
function demandPermission(): void {
  const { permission } = process as { permission?: { has(scope: string, path: string): boolean } };
  if (permission === undefined || permission.has("fs.read", __dirname)) return;
  throw new Error(
    `Node's --permission does not let this package read its own files: add --allow-fs-read=${__dirname} and --allow-addons`,
  );
}

/** What was wrong. The addon's errors are `code\nmessage`. */
function reasonOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.slice(message.indexOf("\n") + 1);
}
