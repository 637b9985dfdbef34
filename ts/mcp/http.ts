/**
 * The server over streamable HTTP, on the loopback interface only.
 *
 *     const http = await serveHttp({ parts, port: 0, token });
 *     http.url   // "http://127.0.0.1:43117/mcp"
 *
 * Every request needs the token, a `Host` of loopback (so that no name of somebody else's that resolves
 * to it, by DNS rebinding, reaches us) and, where it has one, an `Origin` of loopback. Each client is a session of
 * its own. Limits: `MAX_SESSIONS`, of which the one that has been idle longest gives way, if it has been so for a
 * while; `MAX_BODY` bytes of a request.
 */
import { StreamableHTTPServerTransport } from "@modelcontextprotocol/sdk/server/streamableHttp.js";
import { createHash, randomUUID, timingSafeEqual } from "node:crypto";
import {
  createServer as createHttpServer,
  type IncomingMessage,
  type ServerResponse,
} from "node:http";
import type { AddressInfo } from "node:net";
import { createServer, type ServerParts } from "./server";

/** Path of the endpoint. */
const PATH = "/mcp";
const MAX_SESSIONS = 16;
/** A session that nothing was asked of for so long may give way to a new one. */
const IDLE_MS = 60_000;
const MAX_BODY = 4 << 20;
/** Longest wait for a request's headers and body. */
const REQUEST_MS = 30_000;
const LOOPBACK = /^(?:localhost|127\.0\.0\.1|\[::1\])(?::\d{1,5})?$/i;

/** How to serve. */
export interface HttpOptions {
  readonly parts: ServerParts;
  /** 0: any that is free. */
  readonly port: number;
  /** What clients show as `Authorization: Bearer <token>`. */
  readonly token: string;
}

/** A server that listens. */
export interface HttpServer {
  readonly url: string;
  readonly close: () => Promise<void>;
}

interface Session {
  readonly transport: StreamableHTTPServerTransport;
  readonly close: () => Promise<void>;
  usedAt: number;
  /** Requests being answered, open streams included. */
  busy: number;
}

/** Listens. */
export async function serveHttp({ parts, port, token }: HttpOptions): Promise<HttpServer> {
  const sessions = new Sessions(parts);
  const server = createHttpServer((request, response) => {
    answer(request, response, sessions, token).catch(() => {
      if (!response.headersSent) refuse(response, 500, "a fault of the server's own");
      else response.destroy();
    });
  });
  server.requestTimeout = REQUEST_MS;
  await new Promise<void>((done, fail) => {
    server.once("error", fail);
    server.listen(port, "127.0.0.1", done);
  });
  const { port: taken } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${taken}${PATH}`,
    close: async () => {
      await sessions.close();
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  sessions: Sessions,
  token: string,
): Promise<void> {
  const { host, origin, authorization } = request.headers;
  if (!LOOPBACK.test(host ?? "")) return refuse(response, 403, "Host must be of loopback");
  if (origin !== undefined && !isLoopbackOrigin(origin)) {
    return refuse(response, 403, "Origin must be of loopback");
  }
  if (!isSame(/^Bearer (.+)$/i.exec(authorization ?? "")?.[1] ?? "", token)) {
    response.setHeader("WWW-Authenticate", "Bearer");
    return refuse(response, 401, "Authorization: Bearer <token> is needed");
  }
  if (new URL(request.url ?? "/", "http://localhost").pathname !== PATH) {
    return refuse(response, 404, `the endpoint is ${PATH}`);
  }
  const body = request.method === "POST" ? await readBody(request) : undefined;
  if (body === null) return refuse(response, 413, `a request has at most ${MAX_BODY} bytes`);
  let message: unknown;
  try {
    message = body === undefined ? undefined : JSON.parse(body);
  } catch {
    return refuse(response, 400, "the body is no JSON");
  }
  const id = request.headers["mcp-session-id"];
  const session = id === undefined ? await sessions.begin() : sessions.get(String(id));
  if (!session) {
    return id === undefined
      ? refuse(response, 503, `${MAX_SESSIONS} clients are being served`)
      : refuse(response, 404, "there is no such session: initialize anew");
  }
  session.usedAt = Date.now();
  session.busy += 1;
  response.once("close", () => {
    session.busy -= 1;
    session.usedAt = Date.now();
  });
  await session.transport.handleRequest(request, response, message);
  // What was no initialization began nothing.
  if (id === undefined && session.transport.sessionId === undefined) await sessions.end(session);
}

/** The clients' sessions. */
class Sessions {
  readonly #parts: ServerParts;
  /** Those that have not been initialized yet included. */
  readonly #sessions = new Set<Session>();

  constructor(parts: ServerParts) {
    this.#parts = parts;
  }

  get(id: string): Session | undefined {
    return [...this.#sessions].find(({ transport }) => transport.sessionId === id);
  }

  /** A new one; null where there are too many. */
  async begin(): Promise<Session | null> {
    if (this.#sessions.size >= MAX_SESSIONS) {
      const idle = this.#longestIdle();
      if (!idle) return null;
      await this.end(idle);
    }
    const server = createServer(this.#parts);
    const transport = new StreamableHTTPServerTransport({
      sessionIdGenerator: randomUUID,
      onsessionclosed: () => {
        this.#sessions.delete(session);
      },
    });
    const session: Session = {
      transport,
      usedAt: Date.now(),
      busy: 0,
      close: () => server.close(),
    };
    this.#sessions.add(session);
    await server.connect(transport);
    return session;
  }

  async end(session: Session): Promise<void> {
    this.#sessions.delete(session);
    await session.close();
  }

  async close(): Promise<void> {
    await Promise.all([...this.#sessions].map((session) => this.end(session)));
  }

  #longestIdle(): Session | undefined {
    return [...this.#sessions]
      .filter(({ busy, usedAt }) => busy === 0 && Date.now() - usedAt > IDLE_MS)
      .toSorted((a, b) => a.usedAt - b.usedAt)[0];
  }
}

function isLoopbackOrigin(origin: string): boolean {
  return /^https?:\/\//i.test(origin) && LOOPBACK.test(origin.replace(/^https?:\/\//i, ""));
}

/** In the same time however much of it is right. */
function isSame(given: string, token: string): boolean {
  const digest = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(given), digest(token));
}

/** The body; null where it is too large. */
async function readBody(request: IncomingMessage): Promise<string | null> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    bytes += part.length;
    if (bytes > MAX_BODY) return null;
    parts.push(part);
  }
  return Buffer.concat(parts).toString("utf8");
}

function refuse(response: ServerResponse, status: number, message: string): void {
  response.writeHead(status, { "Content-Type": "application/json" });
  response.end(JSON.stringify({ jsonrpc: "2.0", error: { code: -32000, message }, id: null }));
}
