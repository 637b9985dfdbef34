/**
 * One question to a process that records, over its socket.
 *
 *     await askProcess("/dev/shm/breadcrumb-1000/019a….sock", { do: "status" })   // { pid: 4711, … }
 *
 * The messages stand in crates/recorder/src/control_channel.rs. Limits: `MAX_ANSWER` bytes, `PATIENCE_MS`.
 */
import { connect } from "node:net";
import { BreadcrumbError, type BreadcrumbErrorCode } from "../errors";

/** Version of the messages. */
const VERSION = 1;
const MAX_ANSWER = 1 << 20;
/** So long a process may take; it answers from a thread of its own, whatever its JavaScript does. */
const PATIENCE_MS = 5000;

/** Nobody listens at a socket any more. */
export class NobodyListens extends Error {}

interface Answer {
  readonly ok?: unknown;
  readonly error?: { readonly code: BreadcrumbErrorCode; readonly message: string };
}

/**
 * Asks. Throws `NobodyListens` where the process is gone, else the process's own BreadcrumbError, or
 * BC_ERR_NO_PROCESS where it does not answer as one of ours.
 */
export async function askProcess<T>(socket: string, request: object): Promise<T> {
  const line = await exchange(socket, JSON.stringify({ version: VERSION, ...request }));
  let answer: Answer;
  try {
    answer = JSON.parse(line) as Answer;
  } catch {
    throw silent(socket, "what it answers is not JSON");
  }
  if (answer.error !== undefined) {
    throw new BreadcrumbError(answer.error.code, answer.error.message);
  }
  if (answer.ok === undefined) throw silent(socket, "its answer holds nothing");
  return answer.ok as T;
}

function exchange(path: string, line: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(path);
    let text = "";
    const end = (settle: () => void): void => {
      socket.destroy();
      settle();
    };
    socket.setEncoding("utf8");
    socket.setTimeout(PATIENCE_MS, () => {
      end(() => reject(silent(path, `nothing came within ${PATIENCE_MS / 1000} s`)));
    });
    socket.once("connect", () => socket.write(`${line}\n`));
    socket.on("data", (chunk: string) => {
      text += chunk;
      const at = text.indexOf("\n");
      if (at >= 0) end(() => resolve(text.slice(0, at)));
      else if (text.length > MAX_ANSWER) end(() => reject(silent(path, "its answer has no end")));
    });
    socket.once("end", () => end(() => reject(silent(path, "it hung up"))));
    socket.once("error", (error: NodeJS.ErrnoException) => {
      const isGone = error.code === "ECONNREFUSED" || error.code === "ENOENT";
      end(() => reject(isGone ? new NobodyListens(path) : silent(path, error.message)));
    });
  });
}

function silent(socket: string, why: string): BreadcrumbError {
  return new BreadcrumbError("BC_ERR_NO_PROCESS", `The process behind ${socket}: ${why}`);
}
