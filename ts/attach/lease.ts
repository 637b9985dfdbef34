/**
 * The connection with a process that is attached to, which it lets go of when this ends: a socket in a folder that only
 * this user can read, by the process's id, so that a process is attached to once.
 *
 *     const lease = await Lease.take(4711);
 *     … the process connects to lease.path …
 *     await lease.hello(10_000);  await lease.ask({ do: "stop" });  await lease.end();
 *
 * Limits: Linux and macOS. One question at a time.
 */
import { lstatSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { connect, createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BreadcrumbError } from "../errors";
import { cannotAttach, noProcess } from "./cannot-attach";
import { type Answer, type Hello, MAX_LINE, overPath, type Request } from "./messages";

/** See the module. */
export class Lease {
  /** The socket. */
  readonly path: string;
  readonly #pid: number;
  readonly #server: Server;
  #socket: Socket | undefined;
  readonly #said: Answer[] = [];
  #heard: (() => void) | undefined;
  /** The process has ended, or let go. */
  readonly gone: Promise<void>;
  #isGone = false;

  private constructor(pid: number, path: string, server: Server) {
    this.#pid = pid;
    this.path = path;
    this.#server = server;
    this.gone = new Promise((resolve) => {
      server.on("connection", (socket) => this.#listen(socket, resolve));
    });
  }

  /** Throws BC_ERR_CANNOT_ATTACH where somebody else attaches to it. */
  static async take(pid: number): Promise<Lease> {
    const path = join(ownFolder(), String(pid));
    for (;;) {
      const server = createServer();
      try {
        await listen(server, path);
        rmSync(overPath(path), { force: true });
        return new Lease(pid, path, server);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "EADDRINUSE") throw error;
      }
      if (await isHeld(path)) {
        throw cannotAttach(
          `${pid} is attached to by another breadcrumb attach: end that first, or wait for its end`,
        );
      }
      // Who held it was killed.
      rmSync(path, { force: true });
    }
  }

  /** What the process says first. Undefined: nothing in this time. Throws what it says is wrong. */
  async hello(patienceMs: number): Promise<Hello | undefined> {
    const answer = await this.#next(patienceMs);
    if (answer?.error !== undefined) {
      throw new BreadcrumbError(answer.error.code, answer.error.message);
    }
    return answer?.hello;
  }

  /** Asks it to do something. Throws what it says is wrong, BC_ERR_NO_PROCESS where it is gone, BC_ERR_CANNOT_ATTACH. */
  async ask<T>(request: Request, patienceMs: number): Promise<T> {
    this.#socket?.write(`${JSON.stringify(request)}\n`);
    const answer = await this.#next(patienceMs);
    if (answer?.error !== undefined) {
      throw new BreadcrumbError(answer.error.code, answer.error.message);
    }
    if (answer !== undefined) return answer.ok as T;
    if (this.#isGone) throw noProcess(`The process ${this.#pid} has ended`);
    throw cannotAttach(`${this.#pid} gave no answer within ${patienceMs / 1000} s`);
  }

  /** Says that it is over, also to a process whose JavaScript is too busy to hear of it. */
  letGo(): void {
    writeFileSync(overPath(this.path), "");
  }

  /** The process lets go, if it has not, and the next one may attach. */
  async end(): Promise<void> {
    this.#socket?.destroy();
    await new Promise((resolve) => void this.#server.close(resolve));
    rmSync(overPath(this.path), { force: true });
    rmSync(this.path, { force: true });
  }

  /** The first that says something is the process; others only look whether somebody is here. */
  #listen(socket: Socket, gone: () => void): void {
    let text = "";
    socket.setEncoding("utf8");
    socket.on("error", () => {});
    socket.on("data", (chunk: string) => {
      if (this.#socket !== undefined && this.#socket !== socket) socket.destroy();
      this.#socket = socket;
      text += chunk;
      if (text.length > MAX_LINE) socket.destroy();
      for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n")) {
        this.#said.push(parse(text.slice(0, at)));
        text = text.slice(at + 1);
      }
      this.#heard?.();
    });
    socket.once("close", () => {
      if (this.#socket !== socket) return;
      this.#isGone = true;
      this.#heard?.();
      gone();
    });
  }

  async #next(patienceMs: number): Promise<Answer | undefined> {
    if (this.#said.length === 0 && !this.#isGone) {
      await new Promise<void>((resolve) => {
        const late = setTimeout(resolve, patienceMs);
        this.#heard = () => {
          clearTimeout(late);
          resolve();
        };
      });
      this.#heard = undefined;
    }
    return this.#said.shift();
  }
}

function parse(line: string): Answer {
  try {
    return JSON.parse(line) as Answer;
  } catch {
    return { error: { code: "BC_ERR_INTERNAL", message: "what the process says is not JSON" } };
  }
}

/** A folder of this user's alone; one for all, so that each sees what others hold. */
function ownFolder(): string {
  const user = process.geteuid?.() ?? 0;
  const place = process.platform === "linux" ? "/dev/shm" : tmpdir();
  const folder = join(place, `breadcrumb-attach-${user}`);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const { uid, mode } = lstatSync(folder);
  if (uid === user && (mode & 0o077) === 0) return folder;
  throw cannotAttach(`${folder} is not yours alone: somebody else has made it`);
}

function listen(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(path, () => {
      server.off("error", reject);
      resolve();
    });
  });
}

/** Whether somebody listens. */
function isHeld(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}
