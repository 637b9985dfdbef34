import { once } from "node:events";
import { existsSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { listeningPorts } from "../../ts/attach/linux-process";
import { openStore } from "../../ts/query/index";
import { unlikeSchema } from "../cli/support/json-schema";
import { cli, nodes, project, register, run } from "../support/program";
import {
  attach,
  attaching,
  BUSY,
  CART,
  LATE,
  SERVER,
  start,
  type Target,
  TICKS,
  until,
} from "./support/target";

const ANY_PORT = "--inspect-port=0";
const LIB = CART.replace("module.exports =", "export");
/** What Node itself says of its inspector. */
const NODES_OWN =
  /^(?:Debugger (?:listening|ending) on .*|For help, see: .*|Debugger attached\.|\(node:\d+\) .*|\(Use `node .*)?$/;

const begun: Target[] = [];
const folders: string[] = [];
afterEach(async () => {
  for (const target of begun.splice(0)) {
    target.child.kill("SIGKILL");
    await target.ended;
  }
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

function made(files: Readonly<Record<string, string>>): string {
  const folder = project(files);
  folders.push(folder);
  return folder;
}

async function begin(node: string, args: readonly string[], folder: string): Promise<Target> {
  const target = start(node, args, folder);
  begun.push(target);
  await until(() => target.said().includes("\n"));
  return target;
}

const server = async (node: string, ...args: string[]) => {
  const folder = made({ "server.js": SERVER, "src/cart.js": CART, "src/late.js": LATE });
  const target = await begin(node, [ANY_PORT, ...args, "server.js"], folder);
  const url = `http://127.0.0.1:${Number(target.said())}`;
  return { folder, target, url };
};
const ticking = async (node: string, args: readonly string[] = [], words: string[] = []) => {
  const folder = made({ "ticks.mjs": TICKS, "src/lib.mjs": LIB });
  return { folder, target: await begin(node, [ANY_PORT, ...args, "ticks.mjs", ...words], folder) };
};

/** It has no port of an inspector, and nothing records it. */
async function expectAlone({ pid }: Target, ports: number): Promise<void> {
  await until(() => listeningPorts(pid).length === ports);
  await until(() => !existsSync(`/dev/shm/breadcrumb-attach-${process.geteuid?.()}/${pid}`));
  const { stdout } = run(process.execPath, [cli, "status", "--json"], "/");
  const { processes } = JSON.parse(stdout) as { processes: { pid: number }[] };
  expect(processes.map((each) => each.pid)).not.toContain(pid);
}

function expectNodesOwn(target: Target): void {
  expect(
    target
      .complained()
      .split("\n")
      .filter((line) => !NODES_OWN.test(line)),
  ).toEqual([]);
}

/** How often functions were called. */
async function callsIn(folder: string): Promise<Record<string, number>> {
  const store = await openStore(join(folder, ".breadcrumb"));
  const stats = await store.stats();
  await store.close();
  return Object.fromEntries(stats.map((each) => [each.function, each.calls]));
}

/** However slow the machine: what breakpoints may take, in time. */
const UNBOUND = ["--cpu-ms=1000", "--pause-ms=1000"];

describe.each(nodes)("a process that knows nothing of us, on %s", (_name, node) => {
  it("is recorded while it serves, and goes on as before", async () => {
    const { folder, target, url } = await server(node);
    const answers: string[] = [];
    const over = new AbortController();
    const load = (async () => {
      while (!over.signal.aborted) answers.push(await (await fetch(`${url}/cart/3`)).text());
    })();
    const args = [`${target.pid}`, "--include=src/**", "--for=1500ms", ...UNBOUND];
    const command = attaching(node, args, folder);
    await until(() => command.complained().includes("recording"));
    expect(await (await fetch(`${url}/late`)).json()).toEqual({ late: 1 });
    expect(await command.ended).toEqual([0, null]);
    over.abort();
    await load;
    expect(new Set(answers)).toEqual(new Set(['{"sum":6}']));
    expect(command.complained()).toMatch(
      /^breadcrumb: \d+ \(.*server\.js\): 2 functions by breakpoints; recording for 1500ms into .*\.breadcrumb\n/,
    );
    expect(command.said()).toMatch(
      /\d+ calls? recorded in \d+\.\d s \(.*1 file loaded meanwhile, with probes\)\.\nIt is let go of: \d+ runs on as before\.\n/,
    );
    await expectAlone(target, 1);
    const calls = await callsIn(folder);
    expect(calls).toMatchObject({ late: 1 });
    expect(calls["total"]).toBeGreaterThan(10);
    expect(calls["price"]).toBeGreaterThan(10);
    // Nothing more is recorded, and nothing keeps it.
    await (await fetch(`${url}/cart/3`)).text();
    await (await fetch(`${url}/late`)).text();
    expect(await callsIn(folder)).toEqual(calls);
    expect(await (await fetch(`${url}/end`)).text()).toBe("ended");
    expect(await target.ended).toEqual([3, null]);
    expectNodesOwn(target);
    expect(target.said()).toBe(`${new URL(url).port}\n`);
  });

  it("is recorded with arguments and results, again and again", async () => {
    const { folder, target, url } = await server(node);
    for (const round of [1, 2, 3]) {
      const args = [`${target.pid}`, "--include=src/cart.js:total", ...UNBOUND, "--json"];
      const command = attaching(node, args, folder);
      await until(() => command.complained().includes("recording until Ctrl-C"));
      expect(await (await fetch(`${url}/cart/${round}`)).json()).toEqual({
        sum: round * (round - 1),
      });
      command.child.kill("SIGINT");
      expect(await command.ended).toEqual([0, null]);
      const told = JSON.parse(command.said());
      expect(unlikeSchema("attach", told)).toEqual([]);
      expect(told).toMatchObject({
        pid: target.pid,
        store: join(folder, ".breadcrumb"),
        through: "inspector",
        functions: 1,
        ended: "asked",
        files: [{ file: "src/cart.js", status: "inspected", backend: "inspector" }],
        counters: { recorded: 1, dropped: 0 },
      });
      const { stdout } = run(node, [cli, "show", "latest"], folder);
      expect(stdout).toContain(`total(n: ${round}) → { sum: ${round * (round - 1)} }`);
      await expectAlone(target, 1);
    }
  });

  it("is an ES module, too, and may end meanwhile", async () => {
    const { folder, target } = await ticking(node, [], ["100"]);
    const ended = await attach(node, [`${target.pid}`, "--include=src/**", ...UNBOUND], folder);
    expect(ended, ended.stderr).toMatchObject({ status: 0 });
    expect(ended.stdout).toMatch(/it has ended; what it did until then is in the store/);
    expect(await target.ended).toEqual([7, null]);
    expectNodesOwn(target);
    const calls = await callsIn(folder);
    expect(calls["total"]).toBeGreaterThan(5);
  });

  it("is let go of when the command is killed", async () => {
    const { folder, target } = await ticking(node);
    const command = attaching(node, [`${target.pid}`, "--include=src/**", "--for=60s"], folder);
    await until(() => command.complained().includes("recording"));
    command.child.kill("SIGKILL");
    await command.ended;
    const stays = `/dev/shm/breadcrumb-attach-${process.geteuid?.()}/${target.pid}`;
    expect(existsSync(stays)).toBe(true);
    await until(() => {
      const { stdout } = run(node, [cli, "status", "--json"], folder);
      return !stdout.includes(`"pid":${target.pid},`);
    });
    expect(listeningPorts(target.pid)).toEqual([]);
    const again = await attach(node, [`${target.pid}`, "--include=src/**", "--for=300ms"], folder);
    expect(again, again.stderr).toMatchObject({ status: 0 });
    await expectAlone(target, 0);
    expectNodesOwn(target);
  });

  it.each([
    ["its time is up", ["--for=2s"], undefined],
    ["it is asked to end", [], "SIGINT"],
    ["the command is killed", [], "SIGKILL"],
  ] as const)(
    "is let go of when %s, also where its event loop does not turn",
    async (_why, more, signal) => {
      const step = "export function step(n) {\n  return n + 1;\n}\n";
      const folder = made({ "busy.mjs": BUSY, "src/step.mjs": step });
      const target = await begin(node, [ANY_PORT, "busy.mjs"], folder);
      const limits = ["--hits=1000000", "--total-hits=1000000", "--cpu-ms=1000000", "--pause-ms=0"];
      const args = [`${target.pid}`, "--include=src/**", ...limits, ...more];
      const command = attaching(node, args, folder);
      await until(() => command.complained().includes("recording"));
      writeFileSync(join(folder, "go"), "");
      if (signal !== undefined) {
        await new Promise((resolve) => setTimeout(resolve, 500));
        command.child.kill(signal);
      }
      await until(() => target.said().includes("free"));
      if (signal === "SIGKILL") {
        expect(await command.ended).toEqual([null, signal]);
        return;
      }
      expect(await command.ended).toEqual([0, null]);
      expect(command.said()).toContain("It is let go of");
      await expectAlone(target, 0);
    },
  );

  it("ends by itself where the command is killed", async () => {
    const { folder, target } = await ticking(node, [], ["150"]);
    const command = attaching(node, [`${target.pid}`, "--include=src/**"], folder);
    await until(() => command.complained().includes("recording"));
    command.child.kill("SIGKILL");
    expect(await target.ended).toEqual([7, null]);
  });

  it("is attached to once", async () => {
    const { folder, target } = await ticking(node);
    const args = [`${target.pid}`, "--include=src/**", "--for=3s"];
    const first = attaching(node, args, folder);
    await until(() => first.complained().includes("recording"));
    const second = await attach(node, args, folder);
    expect(second).toMatchObject({ status: 2, stdout: "" });
    expect(second.stderr).toMatch(/is attached to by another breadcrumb attach/);
    expect(await first.ended).toEqual([0, null]);
    await expectAlone(target, 0);
  });

  it("has its inspector open before: that stays so, and no debugger is disturbed", async () => {
    const { folder, target } = await ticking(node, ["--inspect=0"]);
    const [at] = listeningPorts(target.pid);
    const port = String(at?.port);
    for (const which of [[String(target.pid)], ["--port", port], ["--port", `localhost:${port}`]]) {
      const ended = await attach(node, [...which, "--include=src/**", "--for=300ms"], folder);
      expect(ended, ended.stderr).toMatchObject({ status: 0 });
      expect(ended.stderr).toContain("its inspector was open before");
      expect(ended.stdout).toMatch(/\d+ calls? recorded/);
      await expectAlone(target, 1);
    }
    const listed = (await (await fetch(`http://127.0.0.1:${port}/json/list`)).json()) as [
      { webSocketDebuggerUrl: string },
    ];
    const debug = new WebSocket(listed[0].webSocketDebuggerUrl);
    await once(debug, "open");
    for (const which of [[String(target.pid)], ["--port", port]]) {
      const refused = await attach(node, which, folder);
      expect(refused).toMatchObject({ status: 2, stdout: "" });
      expect(refused.stderr).toMatch(/a debugger is using .*port \d+\): end its session first\n$/);
    }
    debug.terminate();
    await expectAlone(target, 1);
  });

  it("was started with us: then its control channel is asked", async () => {
    const folder = made({ "ticks.mjs": TICKS, "src/lib.mjs": LIB });
    const target = start(node, ["--require", register, "ticks.mjs"], folder, {
      BREADCRUMB_MODE: "dormant",
    });
    begun.push(target);
    await until(() => run(node, [cli, "status"], folder).stdout.includes(String(target.pid)));
    const args = [`${target.pid}`, "--include=src/**", "--json", "--for=400ms"];
    const { status, stdout, stderr } = await attach(node, args, folder);
    expect(status, stderr).toBe(0);
    expect(unlikeSchema("attach", JSON.parse(stdout))).toEqual([]);
    expect(JSON.parse(stdout)).toMatchObject({ through: "control", functions: 2, ended: "time" });
    expect(target.complained()).toBe("");
    const lost = await attach(node, [`${target.pid}`, "--include=:totl"], folder);
    expect(lost).toMatchObject({ status: 2, stdout: "" });
    expect(lost.stderr).toContain("did you mean src/lib.mjs:total");
    await until(() => {
      const told = run(node, [cli, "status", `--pid=${target.pid}`, "--json"], folder).stdout;
      return told.includes('"mode":"dormant"');
    });
  });

  it("is unharmed by what it has not", async () => {
    const { folder, target, url } = await server(node);
    for (const [pattern, says] of [
      ["src/crat.js:total", /BC_ERR_NOT_FOUND.*did you mean src\/cart\.js/],
      ["src/cart.js:totl", /BC_ERR_NOT_FOUND.*did you mean src\/cart\.js:total/],
      ["npm:expres", /BC_ERR_NOT_FOUND.*did you mean npm:express/],
      ["none/**", /BC_ERR_NOT_FOUND.*patterns are files/],
      ["src/{a", /BC_ERR_BAD_GLOB/],
    ] as const) {
      const args = [`${target.pid}`, `--include=${pattern}`, "--json"];
      const { status, stdout, stderr } = await attach(node, args, folder);
      expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
      expect(stderr).toMatch(says);
      expect(await (await fetch(`${url}/cart/2`)).json()).toEqual({ sum: 2 });
      await expectAlone(target, 1);
    }
    expectNodesOwn(target);
  });

  it("has scripts whose text is not there", async () => {
    const folder = made({
      "main.js": `
        require("node:v8").setFlagsFromString("--no-lazy");
        const { Script } = require("node:vm");
        const text = "(function () { return function hidden(a) { return a + 1; }; })()";
        const cachedData = new Script(text, { filename: __dirname + "/src/hidden.js" }).createCachedData();
        const bare = new Script(" ".repeat(text.length), { filename: __dirname + "/src/hidden.js", cachedData });
        const hidden = bare.runInThisContext() ?? ((a) => a + 1);
        setInterval(() => { if (hidden(1) !== 2) process.exit(9); }, 20);
        console.log("begun");`,
    });
    const target = await begin(node, [ANY_PORT, "main.js"], folder);
    const args = [`${target.pid}`, "--include=src/hidden.js"];
    const { status, stdout } = await attach(node, args, folder);
    expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
    await expectAlone(target, 0);
    expect(target.child.exitCode).toBe(null);
  });

  it("lets nothing in between: nothing is recorded, also later", async () => {
    const folder = made({
      "busy.js": `
        const { existsSync } = require("node:fs");
        exports.spin = function spin() { while (!existsSync("free")); console.log("free"); setTimeout(() => {}, 500); };
        console.log("begun");
        setTimeout(exports.spin, 50);`,
    });
    const target = await begin(node, [ANY_PORT, "busy.js"], folder);
    const busy = await attach(node, [`${target.pid}`, "--include=busy.js"], folder);
    expect(busy).toMatchObject({ status: 2, stdout: "" });
    expect(busy.stderr).toMatch(/did not come within 10 s: its JavaScript is busy/);
    run("touch", ["free"], folder);
    expect(await target.ended).toEqual([0, null]);
    expect(target.said()).toBe("begun\nfree\n");
    expect(existsSync(join(folder, ".breadcrumb"))).toBe(false);
  });
});

describe("what is refused", () => {
  const [, node = ""] = nodes[0] ?? [];
  const folder = "/";
  const refused = async (args: readonly string[], says: RegExp) => {
    const ended = await attach(node, args, folder);
    expect(ended).toMatchObject({ status: 2, stdout: "" });
    expect(ended.stderr).toMatch(says);
    expect(ended.stderr.trim().split("\n")).toHaveLength(1);
  };
  const alive = ({ child }: Target): boolean =>
    child.exitCode === null && child.signalCode === null;

  it.each<[string, string, readonly string[]]>([
    ["one without a handler", "sleep", ["30"]],
    [
      "one with a handler of its own",
      "sh",
      ["-c", "trap 'exit 1' USR1; while :; do sleep 0.1; done"],
    ],
  ])("a process that is not Node: %s", async (_what, command, args) => {
    const target = start(command, args, folder);
    begun.push(target);
    await refused([String(target.pid)], /is not Node\.js, as far as can be told/);
    expect(alive(target)).toBe(true);
  });

  it("a process that there is not, or that is none", async () => {
    await refused(["999999999"], /There is no process 999999999/);
    await refused(["1x"], /the id of a process is a whole number/);
    await refused([], /it takes a process's id, or --port/);
    await refused(["1", "--port=9229"], /it takes a process's id, or --port/);
    await refused(["1", "--capture=dormant"], /--capture is values, time or count/);
    const target = start("sh", ["-c", "kill -STOP $$; sleep 9"], folder);
    begun.push(target);
    await until(() =>
      run("ps", ["-o", "stat=", "-p", String(target.pid)], "/").stdout.startsWith("T"),
    );
    await refused([String(target.pid)], /is stopped/);
  });

  it("a port that is not of an inspector", async () => {
    const garbage = createServer((socket) =>
      socket
        .on("error", () => {})
        .resume()
        .end("what?\n"),
    );
    garbage.listen(0, "127.0.0.1");
    await once(garbage, "listening");
    const { port } = garbage.address() as { port: number };
    await refused(
      ["--port", String(port)],
      /no inspector answers at .*: what listens there is something else/,
    );
    garbage.close();
    await once(garbage, "close");
    await refused(["--port", String(port)], /no inspector answers at .*: nothing listens there/);
    await refused(["--port", String(port), "--json"], /^\{"error":"BC_ERR_CANNOT_ATTACH",/);
    await refused(["--port", "0"], /--port is a port/);
  });

  it.each(nodes.filter(([name]) => name !== "Node 20"))(
    "an inspector that is disabled, on %s",
    async (_name, other) => {
      const program = "console.log('begun'); setInterval(() => {}, 100)";
      const target = await begin(other, ["--disable-sigusr1", "-e", program], folder);
      await refused([String(target.pid)], /takes no SIGUSR1/);
      expect(alive(target)).toBe(true);
    },
  );

  it("a listener of its own for the signal", async () => {
    const program =
      "process.on('SIGUSR1', () => console.log('mine')); console.log('begun'); setInterval(() => {}, 100)";
    const target = await begin(node, [ANY_PORT, "-e", program], folder);
    await refused(
      [String(target.pid)],
      /opened no inspector within 5 s: .*a listener for SIGUSR1 of its own/,
    );
    expect(alive(target)).toBe(true);
    expect(target.said()).toBe("begun\nmine\n");
  });
});
