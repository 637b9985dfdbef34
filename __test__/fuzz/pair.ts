/**
 * Two processes that run the same programs, one plain, one traced by the built package with values,
 * through its hooks, as `breadcrumb run --all` would.
 *
 * They are kept for many programs and made anew after PROGRAMS_A_PAIR, when what the traced one
 * recorded is checked: nothing dropped, a run that is complete.
 */
import { type ChildProcess, fork } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../conformance/programs.ts";

const RUNNER = join(import.meta.dirname, "runner.cjs");
const REGISTER = join(ROOT, "dist/register.js");
/** Programs that one pair of processes runs. */
const PROGRAMS_A_PAIR = 400;
/** A program that runs longer in both has no end, and says nothing; in one only, it differs. ms */
const TIMEOUT_MS = 10_000;

/** What a run of a program gave. */
export type Outcome = { readonly lines: readonly string[] } | { readonly ended: string };

/** What two runs gave. */
export interface Outcomes {
  readonly plain: Outcome;
  readonly traced: Outcome;
}

/** A store's sums, for the report. */
export interface Recorded {
  recorded: number;
  dropped: number;
  runs: number;
}

/** What makes a process of Node traced, as `breadcrumb run --all` would. */
export function tracedWith(store: string): { execArgv: string[]; env: NodeJS.ProcessEnv } {
  const options = { all: true, store, overflow: "block" };
  return {
    execArgv: ["--require", REGISTER],
    env: { BREADCRUMB_OPTIONS: JSON.stringify(options), BREADCRUMB_CACHE: "off" },
  };
}

/** A plain process and a traced one. */
export class Pair {
  readonly #node: string;
  readonly #folder: string;
  #plain: ChildProcess | undefined;
  #traced: ChildProcess | undefined;
  #programs = 0;
  #files = 0;
  /** What the traced processes have recorded, as far as they have ended. */
  readonly recorded: Recorded = { recorded: 0, dropped: 0, runs: 0 };

  constructor(node: string) {
    this.#node = node;
    const parent = join(ROOT, "target/fuzz");
    mkdirSync(parent, { recursive: true });
    this.#folder = mkdtempSync(join(parent, "pair-"));
    writeFileSync(join(this.#folder, "package.json"), "{}");
  }

  /** Runs a program in both. */
  async run(text: string, extension: string): Promise<Outcomes> {
    if (this.#programs >= PROGRAMS_A_PAIR) await this.#end();
    this.#programs += 1;
    this.#files += 1;
    const file = join(this.#folder, `p${this.#files}.${extension}`);
    writeFileSync(file, text);
    // What a program left behind may have ended them since.
    if (hasEnded(this.#plain) || hasEnded(this.#traced)) await this.#end();
    this.#plain ??= this.#start(false);
    this.#traced ??= this.#start(true);
    const [plain, traced] = await Promise.all([
      ask(this.#plain, file, text),
      ask(this.#traced, file, text),
    ]);
    rmSync(file);
    if ("ended" in plain) this.#plain = undefined;
    if ("ended" in traced) this.#traced = undefined;
    if ("ended" in plain || "ended" in traced) await this.#end();
    return { plain, traced };
  }

  /** Ends both and looks at the store. */
  async close(): Promise<void> {
    await this.#end();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async #end(): Promise<void> {
    await Promise.all([stop(this.#plain), stop(this.#traced)]);
    this.#plain = undefined;
    this.#traced = undefined;
    this.#programs = 0;
    this.#sum();
  }

  #start(isTraced: boolean): ChildProcess {
    const { BREADCRUMB_DIR: _dir, NODE_OPTIONS: _options, ...env } = process.env;
    const traced = isTraced ? tracedWith(join(this.#folder, "store")) : { execArgv: [], env: {} };
    return fork(RUNNER, [], {
      execPath: this.#node,
      execArgv: traced.execArgv,
      cwd: this.#folder,
      stdio: ["ignore", "ignore", "ignore", "ipc"],
      env: { ...env, ...traced.env },
    });
  }

  /** Adds the store's run records and removes it. */
  #sum(): void {
    const store = join(this.#folder, "store");
    for (const name of runFiles(store)) {
      const { counters } = JSON.parse(readFileSync(join(store, "runs", name), "utf8")) as {
        counters: { recorded: number; dropped: number };
      };
      this.recorded.runs += 1;
      this.recorded.recorded += counters.recorded;
      this.recorded.dropped += counters.dropped;
    }
    rmSync(store, { recursive: true, force: true });
  }
}

function runFiles(store: string): string[] {
  try {
    return readdirSync(join(store, "runs")).filter((name) => name.endsWith(".json"));
  } catch {
    return [];
  }
}

function hasEnded(child: ChildProcess | undefined): boolean {
  return child !== undefined && (child.exitCode !== null || child.signalCode !== null);
}

function ask(child: ChildProcess, file: string, source: string): Promise<Outcome> {
  return new Promise((resolve) => {
    const settle = (outcome: Outcome): void => {
      clearTimeout(timer);
      child.off("message", onMessage).off("exit", onExit);
      resolve(outcome);
    };
    const onMessage = (answer: unknown): void => settle(answer as Outcome);
    const onExit = (code: number | null, signal: string | null): void =>
      settle({ ended: String(code ?? signal) });
    const timer = setTimeout(() => {
      child.off("exit", onExit);
      if (hasEnded(child)) settle({ ended: "no end" });
      child.once("exit", () => settle({ ended: "no end" }));
      child.kill("SIGKILL");
    }, TIMEOUT_MS);
    child.on("message", onMessage).on("exit", onExit);
    child.send({ file, source }, () => undefined);
  });
}

/** Lets a process end by itself: it has nothing to wait for once the channel is closed. */
function stop(child: ChildProcess | undefined): Promise<void> {
  if (child === undefined || hasEnded(child)) return Promise.resolve();
  return new Promise((resolve) => {
    const timer = setTimeout(() => child.kill("SIGKILL"), TIMEOUT_MS);
    child.once("exit", () => {
      clearTimeout(timer);
      resolve();
    });
    child.disconnect();
  });
}
