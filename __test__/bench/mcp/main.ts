/**
 * `npm run bench:mcp`: what an agent waits for each reading tool, over a store of 1 million calls that a
 * real program recorded. The server is a process of its own, asked over stdio by the SDK's client, so
 * the times are a client's: transport, query, fitting and checking against the schema.
 *
 *     tool                     p50      p95      max      cpu   (ms)
 *     get_trace               21.3     30.1     34.9     28.4
 *
 * `cpu` is the server's own processor time for a question, in the mean of all rounds, all its threads together:
 * what a machine that does other things meanwhile leaves as it is (Linux only).
 *
 * Arguments: `--calls 1000000`, `--rounds 40`, `--dir folder` (kept, and used again), `--json`.
 * The baseline is `describe_schema`, which asks no store.
 */
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import { spawnSync } from "node:child_process";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { appText } from "../store/app-text.ts";

const { values } = parseArgs({
  options: {
    calls: { type: "string", default: "1000000" },
    rounds: { type: "string", default: "40" },
    dir: { type: "string" },
    json: { type: "boolean", default: false },
  },
});
const calls = Number(values.calls);
const rounds = Number(values.rounds);
const cli = resolve(import.meta.dirname, "../../../dist/cli.js");
const dir = values.dir ? resolve(values.dir) : mkdtempSync(join(tmpdir(), "breadcrumb-mcp-"));
const store = join(dir, "store");

interface Measure {
  readonly question: string;
  readonly p50: number;
  readonly p95: number;
  readonly max: number;
  /** Processor time of the server. NaN where it cannot be known. */
  readonly cpu: number;
}

try {
  if (!existsSync(join(store, "store.json"))) record(String(calls));
  const client = new Client({ name: "bench", version: "1" });
  const command = { command: process.execPath, args: [cli, "mcp", "--store", store], cwd: dir };
  const server = new StdioClientTransport(command);
  await client.connect(server);
  await client.listTools();
  const measures: Measure[] = [];
  for (const [name, args] of await questions(client)) {
    measures.push(await measure(client, server, name, args));
  }
  await client.close();
  if (values.json) console.log(JSON.stringify({ calls, rounds, measures }));
  else print(measures);
} finally {
  if (!values.dir) rmSync(dir, { recursive: true, force: true });
}

/** Records the program twice: most calls in one run, a small one to compare with. */
function record(most: string): void {
  mkdirSync(dir, { recursive: true });
  writeFileSync(join(dir, "app.cjs"), appText());
  copyFileSync(join(import.meta.dirname, "../store/requests.cjs"), join(dir, "requests.cjs"));
  for (const count of ["2000", most]) {
    const words = ["--include", "*.cjs", "--store", store, "--quiet", "--", process.execPath];
    const ended = spawnSync(process.execPath, [cli, "run", ...words, "requests.cjs", count], {
      cwd: dir,
      encoding: "utf8",
    });
    if (ended.status !== 0) throw new Error(ended.stderr);
  }
}

type Question = readonly [name: string, args: Record<string, unknown>];

/** A usual question for each reading tool. */
async function questions(client: Client): Promise<Question[]> {
  const ask = async (name: string, args: Record<string, unknown>) =>
    (await client.callTool({ name, arguments: args })).structuredContent as Record<string, unknown>;
  const { runs } = await ask("list_runs", {});
  const [large, small] = (runs as { runId: string }[]).map(({ runId }) => runId);
  const { calls: steps } = await ask("find_calls", { run: "latest", function: "step", limit: 3 });
  const step = (steps as { call: string }[])[0]?.call ?? "";
  const { traces } = await ask("query_traces", { run: small ?? "", limit: 2 });
  const [b, a] = (traces as { traceId: string }[]).map(({ traceId }) => traceId);
  const trace = step.replace(/#.*/, "");
  return [
    ["describe_schema", {}],
    ["list_runs", {}],
    ["query_traces", {}],
    ["query_traces", { function: "refund" }],
    ["get_trace", { trace }],
    ["get_trace", { call: step }],
    ["find_exceptions", { run: large }],
    ["explain_call", { call: step }],
    ["find_calls", { function: "leaf17" }],
    ["find_calls", { trace, minDurationMs: 0 }],
    ["search_values", { text: "needle", limit: 1 }],
    ["get_source_with_values", { function: "leaf17" }],
    ["get_value", { call: step }],
    ["analyze_performance", {}],
    ["analyze_performance", { function: "step", detail: ["callers"] }],
    ["analyze_performance", { function: "step", detail: ["callees"] }],
    ["analyze_performance", { function: "step", detail: ["slowest"] }],
    ["diff_runs", { a, b }],
    ["find_gaps", {}],
    [
      "run_sql",
      { sql: "SELECT function, count(*) AS n FROM calls GROUP BY ALL ORDER BY n DESC LIMIT 10" },
    ],
  ];
}

async function measure(
  client: Client,
  server: StdioClientTransport,
  name: string,
  args: Record<string, unknown>,
): Promise<Measure> {
  const times: number[] = [];
  let cpuBefore = 0;
  // The first of them starts the database, and is not what a session waits for.
  for (let i = -2; i < rounds; i++) {
    if (i === 0) cpuBefore = cpuMs(server.pid);
    const begun = performance.now();
    const { isError, content } = await client.callTool({ name, arguments: args });
    const took = performance.now() - begun;
    if (isError) throw new Error(`${name}: ${JSON.stringify(content)}`);
    if (i >= 0) times.push(took);
  }
  const cpu = (cpuMs(server.pid) - cpuBefore) / rounds;
  const sorted = times.toSorted((x, y) => x - y);
  const at = (share: number) => sorted[Math.ceil(share * sorted.length) - 1] ?? 0;
  const words = Object.entries(args).map(([key, value]) =>
    Array.isArray(value) ? value.join(", ") : key,
  );
  return { question: `${name}(${words.join(", ")})`, p50: at(0.5), p95: at(0.95), max: at(1), cpu };
}

/** Processor time of a process so far; NaN where there is no /proc. */
function cpuMs(pid: number | null): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const [user, system] = stat.slice(stat.lastIndexOf(")")).split(" ").slice(12, 14).map(Number);
    // In hundredths of a second, on every Linux that there is.
    return ((user ?? Number.NaN) + (system ?? Number.NaN)) * 10;
  } catch {
    return Number.NaN;
  }
}

function print(measures: readonly Measure[]): void {
  const ms = (time: number) => time.toFixed(1).padStart(9);
  console.log(
    `${"tool".padEnd(40)}${["p50", "p95", "max", "cpu"].map((name) => name.padStart(9)).join("")}   (ms)`,
  );
  for (const { question, p50, p95, max, cpu } of measures) {
    console.log(`${question.padEnd(40)}${ms(p50)}${ms(p95)}${ms(max)}${ms(cpu)}`);
  }
}
