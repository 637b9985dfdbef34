/**
 * Runs a command without a shell and keeps the end of what it prints.
 *
 *     await runCommand(["node", "app.js"], { cwd, env, signal })
 *     // { exitCode: 0, signal: null, output: "…" }
 *
 * Limits: the last `MAX_OUTPUT` characters; its standard input is empty.
 */
import { spawn } from "node:child_process";

/** Characters of output that are kept. */
const MAX_OUTPUT = 8000;
/** Between SIGTERM and SIGKILL, ms. */
const GRACE_MS = 3000;

/** How a command ended. */
export interface CommandEnding {
  readonly exitCode: number | null;
  readonly signal: string | null;
  /** The end of standard output and error, as they came. */
  readonly output: string;
  /** Why it did not start. */
  readonly error: string | null;
}

/** Runs it. Resolves however it ends. */
export function runCommand(
  [program = "", ...args]: readonly string[],
  options: { readonly cwd: string; readonly env: NodeJS.ProcessEnv; readonly signal: AbortSignal },
): Promise<CommandEnding> {
  const { cwd, env, signal } = options;
  return new Promise((done) => {
    const child = spawn(program, args, {
      cwd,
      env,
      stdio: ["ignore", "pipe", "pipe"],
      shell: false,
    });
    let output = "";
    let kill: NodeJS.Timeout | undefined;
    const add = (text: string): void => {
      output = (output + text).slice(-MAX_OUTPUT);
    };
    const stop = (): void => {
      child.kill("SIGTERM");
      kill = setTimeout(() => child.kill("SIGKILL"), GRACE_MS);
    };
    const end = (ending: Omit<CommandEnding, "output">): void => {
      clearTimeout(kill);
      signal.removeEventListener("abort", stop);
      done({ ...ending, output });
    };
    child.stdout.setEncoding("utf8").on("data", add);
    child.stderr.setEncoding("utf8").on("data", add);
    child.on("error", (error) => end({ exitCode: null, signal: null, error: error.message }));
    child.on("close", (exitCode, by) => end({ exitCode, signal: by, error: null }));
    if (signal.aborted) stop();
    else signal.addEventListener("abort", stop, { once: true });
  });
}
