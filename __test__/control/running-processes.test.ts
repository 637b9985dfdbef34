import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, test, vi } from "vitest";
import {
  chooseProcesses,
  type ProcessStatus,
  type RunningProcess,
  runningProcesses,
} from "../../ts/control/running-processes";
import { captureRequest } from "../../ts/options/capture";
import { captureHistoryOf } from "../../ts/options/capture-history";
import { openStore } from "../../ts/query/index";
import { unlikeSchema } from "../cli/support/json-schema";
import { cli, nodes, project, run } from "../support/program";

/** JavaScript that never lets its thread go, until a file says so. */
const SPINNING = `
const { existsSync } = require("node:fs");
class Cart {
  add(n) { return n + 1; }
  total() { return 2; }
}
function spin() {
  const cart = new Cart();
  for (let n = 0; ; n++) {
    cart.add(n);
    cart.total();
    if (n % 1000 === 0 && existsSync("end")) return;
  }
}
require("node:fs").writeFileSync("begun", "");
spin();
`;

const begun: Spinning[] = [];
afterEach(async () => {
  vi.unstubAllEnvs();
  // Whatever a test has come to, its program ends.
  await Promise.all(begun.splice(0).map(ended));
});

interface Spinning {
  readonly folder: string;
  readonly store: string;
  readonly child: ChildProcess;
}

/** Starts it, and waits until it spins. */
async function spinning(node: string): Promise<Spinning> {
  const folder = project({ "spin.js": SPINNING });
  const store = join(folder, ".breadcrumb");
  const args = [cli, "run", "--dormant", "--store", store, "--", node, "spin.js"];
  const child = spawn(node, args, { cwd: folder, stdio: "ignore" });
  const program = { folder, store, child };
  begun.push(program);
  await until(() => existsSync(join(folder, "begun")));
  return program;
}

async function ended({ folder, child }: Spinning): Promise<void> {
  writeFileSync(join(folder, "end"), "");
  if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
}

async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isSo())) await new Promise((resolve) => setTimeout(resolve, 20));
}

/** The process that records into this store. */
async function processOf({ store }: Spinning): Promise<RunningProcess> {
  const { processes } = await runningProcesses();
  const found = processes.find(({ status }) => status.store === store);
  if (found === undefined) throw new Error("it is not there");
  return found;
}

describe.each(nodes)("a process that spins on %s", (_, node) => {
  test("is switched on, retargeted and switched off from outside", async () => {
    const program = await spinning(node);
    const process = await processOf(program);
    expect(process.status).toMatchObject({
      overflow: "drop",
      capture: { mode: "dormant", include: [], functions: 0, of: 3, leftMs: null },
      counters: { recorded: 0, counted: 0, dropped: 0 },
    });
    const { pid } = process.status;
    const status = async (): Promise<ProcessStatus> => (await processOf(program)).status;
    const happened = async (): Promise<number> => {
      const { recorded, counted, dropped } = (await status()).counters;
      return recorded + counted + dropped;
    };

    const command = (...args: string[]) =>
      run(node, [cli, ...args, `--pid=${pid}`], program.folder);
    const started = command("start", "--include=spin.js:Cart.add", "--capture=count");
    expect(started.stdout).toContain(`${pid} (`);
    expect(started.stdout).toContain("1 of 3 functions with probes is captured.");
    await until(async () => (await status()).counters.counted > 0);
    expect((await status()).counters.recorded).toBe(0);

    const json = command("start", "--include=:Cart.total", "--json");
    expect(unlikeSchema("start", JSON.parse(json.stdout))).toEqual([]);
    expect(JSON.parse(json.stdout)).toEqual({
      processes: [
        {
          pid,
          runId: process.status.runId,
          store: program.store,
          functions: 1,
          of: 3,
          near: [],
          error: null,
        },
      ],
    });
    await until(async () => (await status()).counters.recorded > 0);
    const told = JSON.parse(command("status", "--json").stdout);
    expect(unlikeSchema("status", told)).toEqual([]);
    expect(command("status").stdout).toMatch(/values of 1\/3: :Cart\.total/);

    expect(command("stop").stdout).toContain("nothing is captured; its probes are dormant.");
    // What was being written is counted with the next look or two.
    let before = -1;
    await until(async () => {
      const now = await happened();
      const isStill = now === before;
      before = now;
      return isStill;
    });
    expect((await status()).capture).toMatchObject({ mode: "dormant", functions: 0 });

    await ended(program);
    expect((await runningProcesses()).processes.map((each) => each.status.pid)).not.toContain(pid);
    const store = await openStore(program.store);
    const stats = await store.stats();
    expect(stats.map((each) => each.function).toSorted()).toEqual(["Cart.add", "Cart.total"]);
    const [recorded] = await store.runs();
    const history = captureHistoryOf(recorded?.counters ?? {});
    expect(history).toMatchObject({
      changed: 4,
      changes: [
        { mode: "dormant", include: [], functions: 0, forMs: null },
        { mode: "count", include: ["spin.js:Cart.add"], functions: 1 },
        { mode: "values", include: [":Cart.total"], functions: 1 },
        { mode: "dormant", include: [], functions: 0 },
      ],
    });
    const report = run(node, [cli, "stats", "--store", program.store], program.folder).stdout;
    expect(report).toMatch(
      /What was captured\n.* nothing\n.* count of 1 function \(spin\.js:Cart\.add\)/,
    );
    await store.close();
  });

  test("goes back to what held before when the time is up", async () => {
    const program = await spinning(node);
    const process = await processOf(program);
    const timed = captureRequest({ capture: "count", include: ["spin.js"], for: 300 });
    expect(await process.capture(timed)).toEqual({ functions: 3, of: 3, near: [] });
    const { capture } = (await processOf(program)).status;
    expect(capture).toMatchObject({ mode: "count", include: ["spin.js"], functions: 3 });
    expect(capture.leftMs).toBeGreaterThan(0);
    await until(async () => (await processOf(program)).status.capture.mode === "dormant");
    await ended(program);
  });

  test("says what is near where nothing is meant, and refuses what is wrong", async () => {
    const program = await spinning(node);
    const process = await processOf(program);
    const lost = await process.capture(captureRequest({ include: [":totle"] }));
    expect(lost).toEqual({ functions: 0, of: 3, near: ["spin.js:Cart.total"] });
    await expect(process.capture(captureRequest({ include: ["src/{a"] }))).rejects.toMatchObject({
      code: "BC_ERR_BAD_GLOB",
    });
    const wrong = run(node, [cli, "start", `--pid=${process.status.pid}`, "--for=soon"], "/");
    expect(wrong).toMatchObject({ status: 2, stdout: "" });
    expect(wrong.stderr).toContain('--for is a time such as 30s or 5m; got "soon"');
    await ended(program);
  });

  test("is listed once where the temporary folder is that of the sockets, too", async () => {
    const program = await spinning(node);
    const link = join(program.folder, "tmp");
    symlinkSync("/dev/shm", link);
    for (const folder of ["/dev/shm", link]) {
      vi.stubEnv("TMPDIR", folder);
      const { processes } = await runningProcesses();
      const listed = processes.filter(({ status }) => status.store === program.store);
      expect(listed).toHaveLength(1);
    }
    await ended(program);
  });

  test("leaves no socket behind, not even where it was killed", async () => {
    const program = await spinning(node);
    const { pid, runId } = (await processOf(program)).status;
    globalThis.process.kill(pid, "SIGKILL");
    await once(program.child, "exit");
    const { processes } = await runningProcesses();
    expect(processes.map(({ status }) => status.runId)).not.toContain(runId);
    const user = globalThis.process.geteuid?.() ?? 0;
    expect(readdirSync(`/dev/shm/breadcrumb-${user}`)).not.toContain(`${runId}.sock`);
  });
});

describe("which process is meant", () => {
  const status = (pid: number, runId: string) =>
    ({ pid, runId, command: ["node", `${runId}.js`] }) as unknown as ProcessStatus;
  const one: RunningProcess = {
    status: status(4_194_301, "aaa1"),
    capture: () => Promise.reject(),
    dump: () => Promise.reject(),
  };
  const other: RunningProcess = {
    status: status(4_194_302, "aaa2"),
    capture: () => Promise.reject(),
    dump: () => Promise.reject(),
  };
  const choose = (list: RunningProcess[], choice: Parameters<typeof chooseProcesses>[1]) =>
    chooseProcesses({ processes: list, problems: [] }, choice);

  test("the named one, or the only one", () => {
    expect(choose([one, other], { pid: 4_194_302 })).toEqual([other]);
    expect(choose([one, other], { run: "aaa1" })).toEqual([one]);
    expect(choose([one], {})).toEqual([one]);
    expect(choose([one, other], { all: true })).toEqual([one, other]);
    expect(choose([one, other], { run: "aaa", all: true })).toEqual([one, other]);
  });

  test.each<[RunningProcess[], Parameters<typeof chooseProcesses>[1], string]>([
    [[], {}, "No process of yours is being recorded. Start one with: breadcrumb run --dormant"],
    [
      [one, other],
      {},
      "2 processes are recorded: name one with --pid or --run, or all with --all (4194301 (aaa1.js), 4194302 (aaa2.js))",
    ],
    [[one, other], { run: "aaa" }, "2 processes fit: name one"],
    [[one], { run: "b" }, 'There is no run that begins with "b": recorded are 4194301 (aaa1.js)'],
    [[one], { pid: 4_194_304 }, "There is no process 4194304: recorded are"],
    [
      [one],
      { pid: process.pid },
      `There is a process ${process.pid}, but it is not recorded by Breadcrumb`,
    ],
  ])("is said where it is none of %#", (list, choice, message) => {
    expect(() => choose(list, choice)).toThrow(
      expect.objectContaining({
        code: "BC_ERR_NO_PROCESS",
        message: expect.stringContaining(message),
      }),
    );
  });
});
