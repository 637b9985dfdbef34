/**
 * `breadcrumb mcp [options]`: serves the store to agents, by the Model Context Protocol.
 *
 *     breadcrumb mcp --allow "npm test"
 */
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { badOption } from "../errors";
import { parseAllowed } from "../mcp/allow-list";
import { serveClients, serveStdio } from "../mcp/serve";
import { StoreAccess } from "../mcp/store-access";
import { projectRoot } from "../options/normalize";
import { parseArguments } from "./arguments";
import { configuredStore } from "./configured-store";
import { commandHelp, fitHelp } from "./help";
import { columnsOf } from "./output";
import { MCP_COMMAND } from "./raw-commands";
import { version } from "../version";

/** The command `mcp`. `argv`: what stands behind the word. Returns the exit code. */
export async function mcp(argv: readonly string[]): Promise<number> {
  const values = parse(argv);
  if (values.help) {
    process.stdout.write(fitHelp(commandHelp(MCP_COMMAND), columnsOf(process.stdout)));
    return 0;
  }
  const project =
    values.project === undefined ? projectRoot(process.cwd()) : resolve(values.project);
  const parts = {
    access: new StoreAccess({
      dir: values.store ?? (await configuredStore(project)),
      project,
    }),
    settings: {
      project,
      allow: (values.allow ?? []).map(parseAllowed),
      allowAttach: values["allow-attach"] === true,
      recorder: [process.execPath, join(__dirname, "cli.js")],
      version: version(),
    },
  };
  if (values.http === undefined) await serveStdio(parts);
  else {
    await serveClients(parts, portOf(values.http), (line) => {
      process.stderr.write(`${line}\n`);
    });
  }
  return 0;
}

function parse(argv: readonly string[]) {
  parseArguments(MCP_COMMAND, argv); // What is wrong with them is said as of other commands.
  // A command that is allowed may hold commas, which would part a list.
  const { values } = parseArgs({
    args: [...argv],
    options: {
      store: { type: "string" },
      project: { type: "string" },
      allow: { type: "string", multiple: true },
      "allow-attach": { type: "boolean" },
      http: { type: "string" },
      help: { type: "boolean", short: "h" },
    },
  });
  return values;
}

function portOf(text: string): number {
  const port = Number(text);
  if (/^\d{1,5}$/.test(text) && port < 65_536) return port;
  throw badOption(`--http is a port: got ${JSON.stringify(text)}`);
}
