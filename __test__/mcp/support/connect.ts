/**
 * A client of the SDK and a server, connected in this process.
 *
 *     await using mcp = await connect(dir);
 *     const { data, text } = await mcp.ask("list_runs");
 *
 * The client has the tools' schemas, and checks every answer against them itself.
 */
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { InMemoryTransport } from "@modelcontextprotocol/sdk/inMemory.js";
import type { CallToolResult } from "@modelcontextprotocol/sdk/types.js";
import { createServer } from "../../../ts/mcp/server";
import { StoreAccess } from "../../../ts/mcp/store-access";
import type { ServerSettings } from "../../../ts/mcp/tool";
import { cli, packageRoot } from "../../support/program";

/** What a client says first. */
export const INITIALIZE = JSON.stringify({
  jsonrpc: "2.0",
  id: 1,
  method: "initialize",
  params: {
    protocolVersion: "2025-06-18",
    capabilities: {},
    clientInfo: { name: "test", version: "1" },
  },
});

/** An answer, taken apart. */
export interface Asked {
  readonly result: CallToolResult;
  readonly text: string;
  // oxlint-disable-next-line typescript/no-explicit-any -- each tool has a shape of its own, which its output schema has checked
  readonly data: any;
}

/** A connected pair. */
export interface Connected extends AsyncDisposable {
  readonly client: Client;
  readonly ask: (name: string, args?: Record<string, unknown>) => Promise<Asked>;
}

/** Connects them; `dir` is the store. */
export async function connect(
  dir: string,
  settings: Partial<ServerSettings> = {},
): Promise<Connected> {
  const project = settings.project ?? packageRoot;
  const access = new StoreAccess({ dir, project });
  const server = createServer({
    access,
    settings: {
      project,
      allow: [],
      allowAttach: false,
      recorder: [process.execPath, cli],
      version: "0",
      ...settings,
    },
  });
  const client = new Client({ name: "test", version: "1" });
  const [here, there] = InMemoryTransport.createLinkedPair();
  await Promise.all([server.connect(there), client.connect(here)]);
  await client.listTools();
  return {
    client,
    ask: (name, args = {}) => ask(client, name, args),
    [Symbol.asyncDispose]: async () => {
      await client.close();
      await server.close();
      await access.close();
    },
  };
}

/** Asks a tool. */
export async function ask(
  client: Client,
  name: string,
  args: Record<string, unknown> = {},
): Promise<Asked> {
  const result = (await client.callTool({ name, arguments: args })) as CallToolResult;
  const [first] = result.content;
  const text = first?.type === "text" ? first.text : "";
  return { result, text, data: result.structuredContent };
}
