/**
 * Runs a program plain or under `breadcrumb run` and takes down all that can be seen of it:
 * standard output, standard error, exit code, the files that it left.
 *
 * Both runs use the same folder, one after the other, since programs print their paths.
 */
import { spawn } from "node:child_process";
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { type Program, ROOT } from "./programs.ts";

/** A run that takes longer is ended and counts as a failure, ms. */
const TIMEOUT_MS = 600_000;

/** What could be seen of a run. */
export interface Observation {
  readonly stdout: string;
  readonly stderr: string;
  /** Exit code, or the signal's name. */
  readonly exit: number | string;
  /** Contents by path, base64; only of files that the program wrote or changed. */
  readonly files: ReadonlyMap<string, string>;
  readonly wallMs: number;
}

/** How to run it. */
export interface RunOptions {
  /** The Node binary for the program, and for `breadcrumb run`. */
  readonly node: string;
  /** Store to record into; without one the program runs plain. */
  readonly store?: string;
  /** Modules to load before the program. */
  readonly preload?: readonly string[];
  /** Further environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** Looks at the folder after the run, before it is removed. */
  readonly inspect?: () => void;
}

/** The folder that a program runs in. */
export function workFolder(program: Program, node: string): string {
  const version = node.replaceAll(/[^a-z0-9]+/gi, "-").slice(-24);
  return join(ROOT, "target/conformance", `${program.name}-${version}-${process.pid}`);
}

/** Runs a program once. */
export async function runProgram(program: Program, options: RunOptions): Promise<Observation> {
  const folder = workFolder(program, options.node);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  cpSync(program.folder, folder, { recursive: true });
  const before = readFiles(folder);
  const preloads = (options.preload ?? []).flatMap((file) => ["--require", file]);
  const plain = [options.node, ...preloads, ...program.args];
  const began = performance.now();
  const ended = await capture(traced(plain, options), folder, options.env ?? {});
  const wallMs = performance.now() - began;
  const files = new Map([...readFiles(folder)].filter(([path, text]) => before.get(path) !== text));
  options.inspect?.();
  rmSync(folder, { recursive: true, force: true });
  return { ...ended, files, wallMs };
}

/** The command under `breadcrumb run`, if there is a store to record into. */
function traced(command: readonly string[], { node, store }: RunOptions): readonly string[] {
  if (store === undefined) return command;
  const cli = join(ROOT, "dist/cli.js");
  return [node, cli, "run", "--quiet", "--all", "--store", store, "--", ...command];
}

function capture(
  [program = "", ...args]: readonly string[],
  cwd: string,
  env: Readonly<Record<string, string>>,
): Promise<Pick<Observation, "stdout" | "stderr" | "exit">> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd, env: cleanEnvironment(env), stdio: "pipe" });
    const output = { stdout: [] as Buffer[], stderr: [] as Buffer[] };
    child.stdin.end();
    child.stdout.on("data", (part: Buffer) => output.stdout.push(part));
    child.stderr.on("data", (part: Buffer) => output.stderr.push(part));
    const timer = setTimeout(() => child.kill("SIGKILL"), TIMEOUT_MS);
    child.on("error", reject);
    child.on("close", (code, signal) => {
      clearTimeout(timer);
      resolve({
        stdout: Buffer.concat(output.stdout).toString(),
        stderr: Buffer.concat(output.stderr).toString(),
        exit: code ?? signal ?? "unknown",
      });
    });
  });
}

/** What programs need, and what says how they are recorded. */
const PASSED = [
  "PATH",
  "HOME",
  "SystemRoot",
  "BREADCRUMB_LOCALS",
  "BREADCRUMB_LINES",
  "BREADCRUMB_VARIABLES",
  "BREADCRUMB_EDGES",
  "BREADCRUMB_LEAVES",
];

/** Few variables: nothing of the machine's own settings gets through. */
function cleanEnvironment(extra: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  const passed = PASSED.filter((name) => process.env[name] !== undefined);
  return {
    ...Object.fromEntries(passed.map((name) => [name, process.env[name]])),
    TMPDIR: tmpdir(),
    // The first Node instruments, the next ones read what it has kept.
    BREADCRUMB_CACHE: join(tmpdir(), "conformance-cache"),
    ...extra,
  };
}

/** Contents of all files below a folder, base64, by relative path. */
function readFiles(folder: string): Map<string, string> {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  return new Map(
    entries
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .map((path) => [relative(folder, path), readFileSync(path).toString("base64")]),
  );
}
