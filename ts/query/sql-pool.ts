/**
 * The processes that run a store's SQL.
 *
 *     await pool.use({ timeoutMs: 1000, maxMemoryBytes: 2 ** 30 }, (worker) => worker.ask({ kind: "check", text }))
 *
 * A query has a process to itself while it runs, because nothing less can stop it: a DuckDB function
 * over one large value (`levenshtein`, `list_sort`, `repeat`) looks neither at an interruption nor at
 * DuckDB's limit of memory. A process that did its work is kept for the next query; one that ran into
 * a limit is killed. Limits: two at a time, others wait.
 */
import { type ChildProcess, fork } from "node:child_process";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { BreadcrumbError } from "../errors";
import type { SqlReply, SqlRequest } from "./sql-messages";

/** Queries at a time: each may take all the memory that it is allowed. */
const MAX_PROCESSES = 2;

/** Limits of a process's work. */
export interface SqlLimits {
  readonly timeoutMs: number;
  readonly maxMemoryBytes: number;
  readonly signal?: AbortSignal | undefined;
}

/** A process, as who has work for it sees it. */
export interface SqlWorker {
  /** It was killed: nobody waits for the work any more. */
  readonly ended: boolean;
  /** Asks it. Throws what went wrong there, and what it was ended with. */
  ask(request: SqlRequest): Promise<SqlReply>;
}

/** The processes of a store. */
export class SqlPool {
  readonly #folder: string;
  #idle: SqlProcess[] = [];
  readonly #busy = new Set<SqlProcess>();
  #running = 0;
  #closed = false;
  readonly #waiting: (() => void)[] = [];

  /** @param folder that of the segments */
  constructor(folder: string) {
    this.#folder = folder;
  }

  /**
   * Does work with a process. Throws what `work` throws, `BC_ERR_SQL_LIMIT`, and the signal's reason.
   */
  async use<T>(limits: SqlLimits, work: (worker: SqlWorker) => Promise<T>): Promise<T> {
    const { signal } = limits;
    await this.#turn(signal);
    let worker: SqlProcess | undefined;
    let timer: NodeJS.Timeout | undefined;
    const abort = (): void => worker?.end(stopped("the query was aborted"));
    try {
      signal?.throwIfAborted();
      const process = this.#take(limits.maxMemoryBytes);
      worker = process;
      signal?.addEventListener("abort", abort);
      await process.ready;
      timer = setTimeout(() => process.end(tookLonger(limits.timeoutMs)), limits.timeoutMs);
      return await Promise.race([work(process), process.failed]);
    } catch (error) {
      signal?.throwIfAborted();
      throw error;
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener("abort", abort);
      if (worker) this.#giveBack(worker);
      const next = this.#waiting.shift();
      if (next) next();
      else this.#running--;
    }
  }

  /** Ends them; what still runs throws `BC_ERR_STOPPED`. */
  close(): void {
    this.#closed = true;
    for (const worker of [...this.#idle, ...this.#busy]) worker.end(closedMeanwhile());
  }

  /** Waits until another process may run. */
  async #turn(signal: AbortSignal | undefined): Promise<void> {
    signal?.throwIfAborted();
    if (this.#running < MAX_PROCESSES) {
      this.#running++;
      return;
    }
    await new Promise<void>((resolve, reject) => {
      const start = (): void => {
        signal?.removeEventListener("abort", abort);
        resolve();
      };
      const abort = (): void => {
        this.#waiting.splice(this.#waiting.indexOf(start), 1);
        reject(signal?.reason as Error);
      };
      signal?.addEventListener("abort", abort, { once: true });
      this.#waiting.push(start);
    });
  }

  #take(maxMemoryBytes: number): SqlProcess {
    if (this.#closed) throw closedMeanwhile();
    const fit = this.#idle.find((worker) => worker.maxMemoryBytes === maxMemoryBytes);
    const worker = fit ?? new SqlProcess(this.#folder, maxMemoryBytes);
    // What is idle beside it would be one more than may run.
    for (const other of this.#idle) if (other !== worker && !fit) other.end(undefined);
    this.#idle = this.#idle.filter((other) => other !== worker && !other.ended);
    this.#busy.add(worker);
    worker.hold(true);
    return worker;
  }

  #giveBack(worker: SqlProcess): void {
    this.#busy.delete(worker);
    worker.hold(false);
    if (worker.spent) worker.end(undefined);
    if (!worker.ended) this.#idle.push(worker);
  }
}

/** One of them. */
class SqlProcess implements SqlWorker {
  readonly maxMemoryBytes: number;
  /** It has started. */
  readonly ready: Promise<void>;
  /** Rejects when it ends. */
  readonly failed: Promise<never>;
  ended = false;
  /** It holds so much memory that the next query would have too little. */
  spent = false;
  readonly #child: ChildProcess;
  #fail!: (error: unknown) => void;
  #answered: ((reply: SqlReply) => void) | undefined;

  constructor(folder: string, maxMemoryBytes: number) {
    this.maxMemoryBytes = maxMemoryBytes;
    this.failed = new Promise((_resolve, reject) => {
      this.#fail = reject;
    });
    this.failed.catch(() => undefined);
    this.#child = startProcess(folder, maxMemoryBytes);
    this.#child.on("message", (reply: SqlReply) => this.#receive(reply));
    this.#child.on("error", (error) => this.end(cannotStart(error.message)));
    this.#child.on("exit", (code, signal) => this.end(broughtDown(signal ?? `exit code ${code}`)));
    this.ready = this.#next().then(() => undefined);
  }

  ask(request: SqlRequest): Promise<SqlReply> {
    const reply = this.#next();
    if (!this.ended) this.#child.send(request);
    return reply;
  }

  /** Kills it; whoever waits for it gets the error. */
  end(error: unknown): void {
    if (this.ended) return;
    this.ended = true;
    this.#fail(error);
    this.#child.kill("SIGKILL");
  }

  /** Whether it keeps this process from ending. */
  hold(held: boolean): void {
    const kind = held ? "ref" : "unref";
    this.#child[kind]();
    this.#child.channel?.[kind]();
  }

  /** Its next reply. */
  #next(): Promise<SqlReply> {
    const reply = new Promise<SqlReply>((resolve) => {
      this.#answered = resolve;
    });
    return Promise.race([reply.then((message) => this.#check(message)), this.failed]);
  }

  #receive(reply: SqlReply): void {
    if (reply.kind === "memory") return this.end(tookMemory(this.maxMemoryBytes));
    this.spent = "spent" in reply && reply.spent;
    this.#answered?.(reply);
    this.#answered = undefined;
  }

  #check(reply: SqlReply): SqlReply {
    if (reply.kind !== "error") return reply;
    if (reply.code) throw new BreadcrumbError(reply.code, reply.message);
    throw new Error(reply.message);
  }
}

function startProcess(folder: string, maxMemoryBytes: number): ChildProcess {
  // By the package's name: from the sources, too, it is the built program that runs.
  const require = createRequire(join(__dirname, "query.js"));
  const root = dirname(require.resolve("breadcrumb-tracer/package.json"));
  const program = join(root, "dist/sql-process.js");
  const megabytes = Math.max(64, Math.ceil(maxMemoryBytes / 2 ** 20));
  return fork(program, [folder, String(maxMemoryBytes)], {
    serialization: "advanced",
    stdio: ["ignore", "ignore", "ignore", "ipc"],
    execArgv: [`--max-old-space-size=${megabytes}`],
    env: environment(),
  });
}

/** This process's environment, without what would make the other one record, or load more. */
function environment(): NodeJS.ProcessEnv {
  const own = /^(?:NODE_OPTIONS|NODE_V8_COVERAGE|BREADCRUMB_.*)$/i;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !own.test(name)));
}

function closedMeanwhile(): BreadcrumbError {
  return stopped("the store was closed during the query: openStore() opens it again");
}

function stopped(message: string): BreadcrumbError {
  return new BreadcrumbError("BC_ERR_STOPPED", message);
}

function tookLonger(timeoutMs: number): BreadcrumbError {
  return new BreadcrumbError(
    "BC_ERR_SQL_LIMIT",
    `the query took longer than ${timeoutMs} ms (timeoutMs): narrow it, or give it more time`,
  );
}

function tookMemory(maxMemoryBytes: number): BreadcrumbError {
  return new BreadcrumbError(
    "BC_ERR_SQL_LIMIT",
    `the query needs more memory than ${maxMemoryBytes} bytes (maxMemoryBytes): narrow it, or allow more`,
  );
}

function broughtDown(how: string): BreadcrumbError {
  return new BreadcrumbError(
    "BC_ERR_SQL_LIMIT",
    `the query brought its process down (${how}): it is too large or too deep; narrow it`,
  );
}

function cannotStart(reason: string): BreadcrumbError {
  return new BreadcrumbError("BC_ERR_INTERNAL", `no process can be started for SQL: ${reason}`);
}
