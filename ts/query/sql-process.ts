/**
 * The process that runs a store's SQL: `node sql-process.js <segments> <most bytes of memory>`.
 *
 * It is told what to do over its channel (`sql-messages.ts`), one request at a time, and ends itself
 * when it holds more memory than it may, or when the store's process is gone. Limits: time is kept by
 * the store's process, which kills this one.
 */
import { BreadcrumbError } from "../errors";
import { Engine, ENDS_ENGINE, firstLine } from "./engine";
import { answerSql } from "./sql-answer";
import { guardSql } from "./sql-guard";
import type { SqlReply, SqlRequest } from "./sql-messages";

/** How often memory is looked at: DuckDB takes about 2 GB/s. */
const LOOK_MS = 20;

const segments = process.argv[2] ?? "";
const maxMemoryBytes = Number(process.argv[3]);
const ownBytes = process.memoryUsage.rss();
let engine: Promise<Engine> | undefined;

process.on("disconnect", () => process.kill(process.pid, "SIGKILL"));
process.on("message", (request: SqlRequest) => void answer(request).then(reply));
void begin();

async function begin(): Promise<void> {
  try {
    await startedEngine();
    watchMemory();
    reply({ kind: "ready" });
  } catch (error) {
    const message = `DuckDB cannot start: ${firstLine(error)}`;
    reply({ kind: "error", code: "BC_ERR_INTERNAL", message, spent: true });
  }
}

function startedEngine(): Promise<Engine> {
  engine ??= Engine.start(segments, { maxMemoryBytes });
  return engine;
}

async function answer(request: SqlRequest): Promise<SqlReply> {
  const connection = await (await startedEngine()).connect();
  try {
    const { tables, explains } = await guardSql(connection, request.text);
    if (request.kind === "check") return { kind: "checked", tables: [...tables] };
    const rows = await answerSql(connection, request, explains);
    return { kind: "answer", answer: rows, spent: isSpent() };
  } catch (error) {
    // An error that ended the database: the next request gets another.
    if (ENDS_ENGINE.test(firstLine(error))) engine = undefined;
    return { kind: "error", ...toldError(error as Error), spent: isSpent() };
  } finally {
    connection.closeSync();
  }
}

function toldError(error: Error): Pick<SqlReply & { kind: "error" }, "code" | "message"> {
  const { message } = error;
  if (error instanceof BreadcrumbError) return { code: error.code, message };
  if (!(error instanceof RangeError)) return { message };
  return {
    code: "BC_ERR_SQL_LIMIT",
    message: `a value is too large or nested too deeply (${message}): ask for a part of it`,
  };
}

/** Whether another query would have little of the memory that it is promised. */
function isSpent(): boolean {
  return process.memoryUsage.rss() > ownBytes + maxMemoryBytes / 2;
}

/** Ends the process when it has too much: most of what functions take DuckDB's own limit overlooks. */
function watchMemory(): void {
  const most = process.memoryUsage.rss() + maxMemoryBytes;
  const timer = setInterval(() => {
    if (process.memoryUsage.rss() <= most) return;
    clearInterval(timer);
    // The thread that takes the memory cannot be stopped otherwise.
    process.send?.({ kind: "memory" } satisfies SqlReply, () => {
      process.kill(process.pid, "SIGKILL");
    });
  }, LOOK_MS);
}

function reply(message: SqlReply): void {
  process.send?.(message);
}
