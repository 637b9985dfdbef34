/**
 * Programs under test: written into a folder of their own and run on a given Node with the built
 * package.
 */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { nodeBinary, testedVersions } from "../../scripts/node-versions.mjs";

/** The package's root, whose `dist` and addon are tested. */
export const packageRoot = resolve(import.meta.dirname, "../..");
/** The built CLI. */
export const cli = join(packageRoot, "dist/cli.js");
/** The built preload. */
export const register = join(packageRoot, "dist/register.js");

/** Where programs keep instrumented code. */
const CACHES = join(tmpdir(), "breadcrumb-test-caches");

/** Node versions to test on, with their binaries. */
export const nodes: readonly (readonly [name: string, binary: string])[] = testedVersions().map(
  (major) => [`Node ${major}`, nodeBinary(major)] as const,
);

/** How a program ended. */
export interface Ended {
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A folder with these files in it, in which `breadcrumb-tracer` can be imported. */
export function project(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), "program-"));
  const all = { "package.json": "{}", ...files };
  for (const [name, text] of Object.entries(all)) {
    const file = join(folder, name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
  mkdirSync(join(folder, "node_modules"), { recursive: true });
  symlinkSync(packageRoot, join(folder, "node_modules/breadcrumb-tracer"), "dir");
  return folder;
}

/** Runs a command in a folder and waits for its end. `input`: what stands on its stdin. */
export function run(
  command: string,
  args: readonly string[],
  cwd: string,
  env: Readonly<Record<string, string>> = {},
  input = "",
): Ended {
  const base = { ...process.env };
  for (const name of Object.keys(base)) {
    if (name.startsWith("BREADCRUMB_") || name === "NODE_OPTIONS" || name === "VITEST") {
      delete base[name];
    }
  }
  const { status, signal, stdout, stderr } = spawnSync(command, args, {
    cwd,
    env: { ...base, XDG_CACHE_HOME: CACHES, ...env },
    input,
    encoding: "utf8",
    timeout: 60_000,
    maxBuffer: 1 << 28,
  });
  return { status, signal, stdout, stderr };
}
