/**
 * Node's inspector from outside: its HTTP answers, and a session over a WebSocket.
 *
 *     const url = await debuggerUrl("127.0.0.1", 9229);
 *     const client = await DebuggerClient.connect(url);
 *     await client.evaluate("process.pid", 1000);   // 4711
 *
 * Limits: one question at a time is answered within a time; answers of a megabyte at most.
 */
import { get } from "node:http";
import { WebSocket } from "ws";
import { cannotAttach } from "./cannot-attach";

const PATIENCE_MS = 2000;
const MAX_ANSWER = 1 << 16;
const MAX_MESSAGE = 1 << 20;

/** It did not answer in time. */
export class NoAnswer extends Error {}

/** Where a session with the inspector at a port begins. Throws BC_ERR_CANNOT_ATTACH where none is there. */
export async function debuggerUrl(host: string, port: number): Promise<string> {
  const at = host.includes(":") ? `[${host}]` : host;
  const version = (await ask(`http://${at}:${port}/json/version`)) as Record<string, unknown>;
  if (!String(version?.["Browser"]).startsWith("node.js/")) {
    throw cannotAttach(`what listens at ${at}:${port} is not the inspector of Node.js`);
  }
  const [target] = (await ask(`http://${at}:${port}/json/list`)) as Record<string, unknown>[];
  if (typeof target?.["id"] !== "string") {
    throw cannotAttach(`the inspector at ${at}:${port} has nothing to debug`);
  }
  return `ws://${at}:${port}/${encodeURIComponent(target["id"])}`;
}

async function ask(url: string): Promise<unknown> {
  let text: string;
  try {
    text = await textAt(url);
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    const isGarbage = code?.startsWith("HPE_") === true;
    const why =
      code === "ECONNREFUSED"
        ? "nothing listens there"
        : isGarbage
          ? "what listens there is something else"
          : message;
    throw cannotAttach(`no inspector answers at ${new URL(url).host}: ${why}`, { cause });
  }
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw cannotAttach(`what ${new URL(url).host} answers is not of an inspector of Node.js`, {
      cause,
    });
  }
}

function textAt(url: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const request = get(url, { agent: false, headers: { connection: "close" } }, (response) => {
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (chunk: string) => {
        text += chunk;
        if (text.length > MAX_ANSWER) request.destroy(new Error("its answer has no end"));
      });
      response.once("end", () => resolve(text));
      response.once("error", reject);
    });
    const late = setTimeout(() => {
      request.destroy(new Error(`no answer within ${PATIENCE_MS / 1000} s`));
    }, PATIENCE_MS);
    request.once("close", () => clearTimeout(late));
    request.once("error", reject);
  });
}

interface Message {
  readonly id?: number;
  readonly error?: { readonly message: string };
  readonly result?: {
    readonly result?: { readonly value?: unknown };
    readonly exceptionDetails?: {
      readonly text: string;
      readonly exception?: { readonly description?: string };
    };
  };
}

/** See the module. */
export class DebuggerClient {
  readonly #socket: WebSocket;
  #id = 0;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    // What waits for an answer hears of it by `close`.
    socket.on("error", () => {});
  }

  /** Throws BC_ERR_CANNOT_ATTACH. */
  static connect(url: string): Promise<DebuggerClient> {
    return new Promise((resolve, reject) => {
      const socket = new WebSocket(url, {
        perMessageDeflate: false,
        handshakeTimeout: PATIENCE_MS,
        maxPayload: MAX_MESSAGE,
      });
      socket.once("open", () => resolve(new DebuggerClient(socket)));
      socket.once("error", (cause) => {
        reject(cannotAttach(`the inspector takes no session: ${cause.message}`, { cause }));
      });
    });
  }

  /** Value of an expression, as JSON has it. Throws `NoAnswer`, or what it throws there. */
  evaluate<T>(expression: string, patienceMs: number): Promise<T> {
    const id = ++this.#id;
    const socket = this.#socket;
    return new Promise((resolve, reject) => {
      const settle = (act: () => void): void => {
        clearTimeout(late);
        socket.off("message", heard);
        socket.off("close", gone);
        act();
      };
      const heard = (data: Buffer): void => {
        const message = parse(data);
        if (message?.id !== id) return;
        const thrown = message.result?.exceptionDetails;
        if (message.error !== undefined) settle(() => reject(new Error(message.error?.message)));
        else if (thrown !== undefined)
          settle(() => reject(new Error(thrown.exception?.description ?? thrown.text)));
        else settle(() => resolve(message.result?.result?.value as T));
      };
      const gone = (): void => settle(() => reject(new Error("the inspector hung up")));
      const late = setTimeout(() => settle(() => reject(new NoAnswer())), patienceMs);
      socket.on("message", heard);
      socket.once("close", gone);
      const params = { expression, returnByValue: true, silent: true };
      if (socket.readyState === WebSocket.OPEN)
        socket.send(JSON.stringify({ id, method: "Runtime.evaluate", params }));
      else gone();
    });
  }

  /** Ends the session; what was asked before is still done. */
  close(): Promise<void> {
    const socket = this.#socket;
    if (socket.readyState === WebSocket.CLOSED) return Promise.resolve();
    return new Promise((resolve) => {
      const late = setTimeout(() => socket.terminate(), PATIENCE_MS);
      socket.once("close", () => {
        clearTimeout(late);
        resolve();
      });
      socket.close();
    });
  }
}

function parse(data: Buffer): Message | undefined {
  try {
    return JSON.parse(data.toString()) as Message;
  } catch {
    return undefined;
  }
}
