/**
 * `npm run bench -- attach`: what `breadcrumb attach` does to an Express server under load: CPU time of its process a
 * request before, while it is attached to, and after, as ratios to a twin that nobody touches, asked in turns.
 *
 * Arguments: `--rounds 10` turns in each phase, `--nodes 20,24`.
 */
import { type ChildProcess, fork, spawn } from "node:child_process";
import { once } from "node:events";
import { Agent, get } from "node:http";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { MATRIX, nodeBinary } from "../../scripts/node-versions.mjs";
import { formatTable, median } from "./statistics.ts";
import { ROOT } from "./workload.ts";

const REQUESTS = 1500;
const CONNECTIONS = 4;
const WARM_UP = 6;
const ITEMS = 20;
const PHASES = ["before", "attached", "after"] as const;

/** What came of one Node. */
export interface AttachCosts {
  /** Ratios of CPU a request to the twin's, divided by those before; medians, and the spread of turns. */
  readonly ratios: Readonly<Record<(typeof PHASES)[number], readonly number[]>>;
  readonly failed: number;
  readonly said: string;
}

interface Server {
  readonly child: ChildProcess;
  readonly port: number;
}

/** Measures each Node and prints a table. */
export async function benchAttach(
  rounds: number,
  majors: readonly number[] = MATRIX,
): Promise<void> {
  const lines: string[][] = [
    ["Node", "before", "attached", "after", "failed requests", "recorded"],
  ];
  for (const major of majors) {
    const { ratios, failed, said } = await measureAttach(nodeBinary(major), rounds, REQUESTS);
    const cells = PHASES.map((phase) => shown(ratios[phase]));
    lines.push([String(major), ...cells, String(failed), said]);
  }
  console.log(formatTable(lines));
}

function shown(turns: readonly number[]): string {
  const [least, most] = [Math.min(...turns), Math.max(...turns)];
  return `${median(turns.toSorted((a, b) => a - b)).toFixed(3)} (${least.toFixed(2)}–${most.toFixed(2)})`;
}

/** Measures one. */
export async function measureAttach(
  node: string,
  rounds: number,
  requests: number,
): Promise<AttachCosts> {
  const folder = mkdtempSync(join(tmpdir(), "breadcrumb-bench-"));
  const [target, twin] = [await serve(node), await serve(node)];
  const ratios = { before: [] as number[], attached: [] as number[], after: [] as number[] };
  let failed = 0;
  const cost = async (server: Server): Promise<number> => {
    const before = await cpuOf(server);
    failed += await load(server, requests);
    return ((await cpuOf(server)) - before) / requests;
  };
  const turns = async (to: number[], times: number): Promise<void> => {
    for (let turn = 0; turn < times; turn++) {
      // Who is first changes.
      const first = turn % 2 === 0 ? [target, twin] : [twin, target];
      const costs = new Map<Server, number>();
      for (const server of first) costs.set(server, await cost(server));
      to.push((costs.get(target) ?? 0) / (costs.get(twin) ?? 1));
    }
  };
  try {
    await turns([], WARM_UP);
    await turns(ratios.before, rounds);
    const cli = join(ROOT, "dist/cli.js");
    const args = [
      cli,
      "attach",
      String(target.child.pid),
      "--include",
      "**/express-cart.cjs:total",
    ];
    const attach = spawn(node, [...args, "--store", folder], { cwd: ROOT });
    let said = "";
    attach.stdout.on("data", (chunk: Buffer) => (said += chunk.toString()));
    await once(attach.stderr, "data");
    await turns(ratios.attached, rounds);
    attach.kill("SIGINT");
    await once(attach, "close");
    // What V8 had taken back is made again.
    await turns([], WARM_UP);
    await turns(ratios.after, rounds);
    const base = median(ratios.before.toSorted((a, b) => a - b));
    for (const phase of PHASES) ratios[phase] = ratios[phase].map((each) => each / base);
    return { ratios, failed, said: /\d+ calls? recorded.*$/m.exec(said)?.[0] ?? said };
  } finally {
    for (const { child } of [target, twin]) child.kill();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function serve(execPath: string): Promise<Server> {
  const program = join(import.meta.dirname, "workloads/express.cjs");
  const execArgv = ["--inspect-port=0"];
  const child = fork(program, [], {
    execPath,
    execArgv,
    stdio: ["ignore", "ignore", "ignore", "ipc"],
  });
  const [{ port }] = (await once(child, "message")) as [{ port: number }];
  return { child, port };
}

async function cpuOf({ child }: Server): Promise<number> {
  child.send("cpu");
  const [{ cpuUs }] = (await once(child, "message")) as [{ cpuUs: number }];
  return cpuUs;
}

/** Asks so many times, several at once. How many were not answered well. */
async function load({ port }: Server, requests: number): Promise<number> {
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  let [left, failed] = [requests, 0];
  const loop = async (): Promise<void> => {
    while (left-- > 0) if (!(await isAnswered(port, agent))) failed += 1;
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, loop));
  agent.destroy();
  return failed;
}

function isAnswered(port: number, agent: Agent): Promise<boolean> {
  return new Promise((resolve) => {
    const request = get({ port, host: "127.0.0.1", path: `/cart/${ITEMS}`, agent }, (response) => {
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (chunk: string) => (text += chunk));
      response.once("end", () => {
        resolve(response.statusCode === 200 && text.startsWith(`{"sum":${ITEMS * (ITEMS - 1)},`));
      });
    });
    request.once("error", () => resolve(false));
  });
}
