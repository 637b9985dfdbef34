/**
 * From a failure to its cause by MCP calls alone: what an agent asks, and what it is answered.
 *
 *     node examples/find-the-cause/main.mjs /tmp/store
 *
 * It starts `breadcrumb mcp` with one allowed command, the program beside it, and decides each next
 * question from the answer before.
 */
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import { fileURLToPath } from "node:url";

const project = fileURLToPath(new URL(".", import.meta.url));
const cli = fileURLToPath(new URL("../../dist/cli.js", import.meta.url));
const client = new Client({ name: "find-the-cause", version: "1.0.0" });
const allowed = ["--allow", "node program.js"];
await client.connect(
  new StdioClientTransport({
    command: process.execPath,
    args: [cli, "mcp", "--store", process.argv[2], "--project", project, ...allowed],
  }),
);

async function ask(name, args) {
  console.log(`> ${name} ${JSON.stringify(args)}`);
  const { content, structuredContent, isError } = await client.callTool({ name, arguments: args });
  console.log(`${content[0].text}\n`);
  if (isError) throw new Error(`${name} failed`);
  return structuredContent;
}

// It fails.
const { runs } = await ask("record", { command: ["node", "program.js"] });
const run = runs[0].runId;
// With what, and where?
const { exceptions } = await ask("find_exceptions", { run, handled: "uncaught" });
// What is odd about that call?
const { compared } = await ask("explain_call", { call: exceptions[0].call });
const odd = compared.unusual.find(({ path }) => path.endsWith("total"));
// NaN, where other totals are numbers: which calls made a NaN, the first of them first?
const made = await ask("find_calls", {
  run,
  where: [{ path: 'result["$type"]', value: "number" }],
  order: "oldest",
  limit: 1,
});
// From what, and how?
const source = await ask("get_source_with_values", { call: made.calls[0].call, lines: 3 });
const others = await ask("find_calls", { run, function: source.function });

console.log(`The argument ${odd.path} is ${odd.here}, where it usually is ${odd.usually}.`);
const [text] = made.calls[0].arguments;
console.log(
  `It comes from ${source.function} (${source.at}), which made NaN of ${JSON.stringify(text)}:`,
);
console.log(source.source.find((line) => line.includes("return")));
console.log(
  `Its ${others.calls.length - 1} other calls returned numbers: none had a separator of thousands.`,
);
await client.close();
