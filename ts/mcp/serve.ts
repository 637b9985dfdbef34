/**
 * Serves a store until the client goes: over standard input and output, or over HTTP until a signal.
 *
 *     await serveStdio({ access, settings })
 *
 * Limits: standard output is the protocol's; whatever else there is to say goes to standard error.
 */
import { StdioServerTransport } from "@modelcontextprotocol/sdk/server/stdio.js";
import { randomBytes } from "node:crypto";
import { serveHttp } from "./http";
import { createServer, type ServerParts } from "./server";

const TOKEN_BYTES = 24;
const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Serves the one client at the other end of the pipes. Resolves when it has gone. */
export async function serveStdio(parts: ServerParts): Promise<void> {
  const server = createServer(parts);
  const gone = new Promise<void>((done) => {
    process.stdin.once("end", done);
    process.stdin.once("close", done);
  });
  const stopped = signalled();
  await server.connect(new StdioServerTransport());
  await Promise.race([gone, stopped]);
  await server.close();
  await parts.access.close();
}

/** Serves clients of this machine. Resolves when a signal says so. */
export async function serveClients(
  parts: ServerParts,
  port: number,
  say: (line: string) => void,
): Promise<void> {
  const given = process.env["BREADCRUMB_MCP_TOKEN"];
  const token = given || randomBytes(TOKEN_BYTES).toString("base64url");
  const stopped = signalled();
  const http = await serveHttp({ parts, port, token });
  say(`breadcrumb mcp: ${http.url}`);
  if (!given) say(`breadcrumb mcp: Authorization: Bearer ${token}`);
  await stopped;
  await http.close();
  await parts.access.close();
}

/** Resolves when a signal ends us; from the call on, none does so by itself. */
function signalled(): Promise<void> {
  return new Promise((done) => {
    for (const signal of SIGNALS) process.once(signal, () => done());
  });
}
