/**
 * What `breadcrumb attach` loads into a process. It connects to who attaches, does what it is asked (`messages.ts`), and
 * lets go of everything when the connection ends, in whatever way, or the time is up.
 *
 * Loaded by path, as `dist/attach-target.js`. Limits: the main thread; nothing here may throw into the program, print, or
 * keep the process alive.
 */
import { existsSync } from "node:fs";
import { close as closeInspector } from "node:inspector";
import { connect, type Socket } from "node:net";
import { sep } from "node:path";
import { createRequire } from "node:module";
import { clearTimeout as cancel, setTimeout as later } from "node:timers";
import { begin, demandNone } from "../breadcrumb";
import { BreadcrumbError } from "../errors";
import { loadCore } from "../load-core";
import type { Session } from "../session";
import { version } from "../version";
import { nearLoaded } from "./near-loaded";
import { fileParts } from "./file-parts";
import { isThere } from "./is-there";
import {
  type Answer,
  type CoveredFileInBrief,
  type Ended,
  type Hello,
  MAX_LINE,
  overPath,
  type Request,
  type Started,
} from "./messages";

// Taken now: a program may put another in its place.
const { now } = Date;

forgetOwn();

/** Attaches. `lease`: socket of who does it; `opened`: they have opened the inspector of this process. */
export function attachTo(lease: string, opened: boolean): void {
  const attachment = new Attachment(lease, opened);
  const socket = connect(lease);
  socket.unref();
  socket.setEncoding("utf8");
  // `close` follows.
  socket.on("error", () => {});
  socket.once("close", () => void attachment.end());
  socket.once("connect", () => say(socket, { hello: hello() }));
  let text = "";
  socket.on("data", (chunk: string) => {
    text += chunk;
    if (text.length > MAX_LINE) socket.destroy();
    for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n")) {
      const line = text.slice(0, at);
      text = text.slice(at + 1);
      void attachment.answer(line).then((answer) => say(socket, answer));
    }
  });
}

function say(socket: Socket, answer: Answer): void {
  if (socket.writable) socket.write(`${JSON.stringify(answer)}\n`);
}

/** One, from its first line to its last. */
class Attachment {
  readonly #lease: string;
  #opened: boolean;
  #session: Session | undefined;
  #limit: NodeJS.Timeout | undefined;
  /** What came of the recording that has ended. */
  #ended: Promise<Ended | null> = Promise.resolve(null);

  constructor(lease: string, opened: boolean) {
    this.#lease = lease;
    this.#opened = opened;
  }

  async answer(line: string): Promise<Answer> {
    try {
      return { ok: await this.#do(JSON.parse(line) as Request) };
    } catch (error) {
      if (error instanceof BreadcrumbError) {
        const { code, message } = error;
        return { error: { code, message } };
      }
      return { error: { code: "BC_ERR_INTERNAL", message: (error as Error).stack ?? "" } };
    }
  }

  /** The recording is over, and what was opened is shut. Null where there was none. */
  end(): Promise<Ended | null> {
    this.#shut();
    cancel(this.#limit);
    const session = this.#session;
    this.#session = undefined;
    if (session !== undefined) this.#ended = this.#endOf(session);
    return this.#ended;
  }

  async #endOf(session: Session): Promise<Ended | null> {
    try {
      const files = filesOf(session);
      const { recorded, counted, dropped, exceptions, inspector } = await session.stop();
      const counters = { recorded, counted, dropped, exceptions };
      return { counters: inspector === undefined ? counters : { ...counters, inspector }, files };
    } catch {
      return null; // The store is full, or gone: it is over all the same.
    }
  }

  async #do(request: Request): Promise<unknown> {
    if (request.do === "closeInspector") return this.#shut();
    if (request.do === "stop") return this.end();
    return this.#start(request);
  }

  #shut(): null {
    if (this.#opened) closeInspector();
    this.#opened = false;
    return null;
  }

  /** Whether the recording is still wanted, for when JavaScript is too busy for the connection and the clock to say so. */
  #holder(by: number, forMs: number | null): () => boolean {
    const endsAt = forMs === null ? Number.POSITIVE_INFINITY : now() + forMs;
    const over = overPath(this.#lease);
    return () => now() < endsAt && isThere(by) && !existsSync(over);
  }

  async #start(request: Extract<Request, { do: "start" }>): Promise<Started> {
    const { include, capture, options, budget, forMs, env, config, by } = request;
    demandNone();
    const files = include === null ? null : fileParts(include);
    // Nothing is captured until it is known of what: files may have many more functions.
    const begun = begin(
      {
        ...options,
        ...(files !== null && { include: files }),
        mode: "dormant",
        inspector: budget,
        // What it sends to others is as it was.
        propagate: false,
      },
      { env, config },
      this.#holder(by, forMs),
    );
    this.#session = begun.session;
    try {
      await begun.loaded;
      const { functions, near } = begun.session.set({
        ...(include !== null && { include }),
        capture,
      });
      const all = filesOf(begun.session);
      const isLost = functions === 0;
      if (isLost) await this.end();
      else if (forMs !== null) this.#limit = later(() => void this.end(), forMs).unref();
      return {
        runId: begun.runId,
        functions,
        near: isLost && near.length === 0 ? nearLoaded(include ?? []) : near,
        files: all,
      };
    } catch (error) {
      await this.end();
      throw error;
    }
  }
}

function filesOf(session: Session): CoveredFileInBrief[] {
  // Functions that are left alone may be many.
  return session.coverage().files.map(({ leftAlone: _leftAlone, ...file }) => file);
}

function hello(): Hello {
  return {
    pid: process.pid,
    version: version(),
    node: process.version,
    cwd: process.cwd(),
    command: [process.execPath, ...process.execArgv, ...process.argv.slice(1)],
    refusal: refusal(),
  };
}

/** Why it cannot be recorded. */
function refusal(): string | null {
  const { permission } = process as {
    permission?: { has(scope: string, path?: string): boolean };
  };
  if (permission !== undefined && !permission.has("addon")) {
    return "its --permission allows no addons";
  }
  let core: ReturnType<typeof loadCore>;
  try {
    core = loadCore();
  } catch (error) {
    return (error as Error).message;
  }
  if (core.ownFolder !== __dirname) {
    return `it has loaded Breadcrumb from ${core.ownFolder}: use the command that is there`;
  }
  return core.isPreloaded()
    ? "it was started with Breadcrumb and records into memory, where breadcrumb start and attach do not reach"
    : null;
}

/** What the program finds in `require.cache` is its own. */
function forgetOwn(): void {
  const { cache } = createRequire(__filename);
  for (const file of Object.keys(cache)) {
    if (file.startsWith(`${__dirname}${sep}`)) delete cache[file];
  }
}
