/**
 * Places that fail: a full disk, a small `/dev/shm`, a store that is removed. The program is as
 * plain, and what could be stored is.
 *
 * File systems are mounted in a namespace of the program's own; where the system does not allow
 * that, vitest lists those tests as skipped.
 */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { openStore, type Run } from "../../ts/query/index";
import { cli, type Ended, nodes, project, register, run } from "../support/program";

const canMount =
  spawnSync("unshare", ["-rm", "sh", "-c", "mount -t tmpfs tmpfs /mnt"]).status === 0;

/** Text that does not compress, the same in every run. */
const TEXTS = `let x = 1;
  function text(i) { x = (Math.imul(x, 1664525) + 1013904223) >>> 0; return i + ":" + x.toString(16).repeat(5) }
  function many(n) { let sum = 0; for (let i = 0; i < n; i++) sum += text(i).length; return sum }`;

/** Takes all room of a file system. */
const FILL = `function fill(path) {
    const fs = require("node:fs"), file = fs.openSync(path, "w"), block = Buffer.alloc(4096);
    try { for (;;) fs.writeSync(file, block) } catch (error) { if (error.code !== "ENOSPC") throw error }
    fs.closeSync(file);
  }`;

describe.each(nodes)("a recording on %s", (_name, node) => {
  it.runIf(canMount)("into a full disk waits in memory until there is room", async () => {
    const folder = project({ "main.js": `${TEXTS} console.log(many(50_000));` });
    const store = join(folder, "disk/store");
    const traced = inNamespace(
      // What it leaves in memory is recovered here, not by whoever starts outside meanwhile.
      `mount -t tmpfs tmpfs /dev/shm;
       mkdir -p disk; mount -t tmpfs -o size=256k tmpfs disk; ${PROGRAM}; code=$?;
       mount -o remount,size=64m disk;
       "$NODE" "$CLI" recover > recovered; cp -r disk/store kept; exit $code`,
      node,
      folder,
      store,
    );
    expect(traced).toEqual(run(node, ["main.js"], folder));
    expect(await runs(join(folder, "kept"))).toMatchObject([
      { status: "finished", exitCode: 0, storedCalls: 50_001, counters: { dropped: 0 } },
    ]);
  });

  it.runIf(canMount)(
    "that fills a disk at its end waits in memory, exit code and all",
    async () => {
      const main = `${TEXTS} ${FILL} many(5000);
      setTimeout(() => { many(5000); process.exit(3) }, 1);
      process.on("exit", (code) => { fill("disk/taken"); many(5000); console.log("end", code) });`;
      const folder = project({ "main.js": main });
      const store = join(folder, "disk/store");
      const disk =
        "mount -t tmpfs tmpfs /dev/shm; mkdir -p disk; mount -t tmpfs -o size=8m tmpfs disk";
      const traced = inNamespace(
        `${disk}; ${PROGRAM}; code=$?; rm disk/taken;
       "$NODE" "$CLI" recover > recovered; cp -r disk/store kept; exit $code`,
        node,
        folder,
        store,
      );
      expect(traced).toEqual(inNamespace(`${disk}; ${PLAIN}`, node, folder, store));
      expect(traced.status).toBe(3);
      const [one, ...others] = await runs(join(folder, "kept"));
      expect(others).toEqual([]);
      expect(one).toMatchObject({ status: "finished", exitCode: 3, counters: { dropped: 0 } });
      expect(happened(one)).toBe(3 * 5001 + 3);
      expect(one?.storedCalls).toBe(3 * 5001 + 3);
    },
  );

  it.runIf(canMount)(
    "onto a disk that fills and gets room again accounts for the gap",
    async () => {
      const calls = 600_000;
      const main = `${TEXTS} ${FILL} many(5000);
      fill("disk/taken"); many(${calls}); require("node:fs").rmSync("disk/taken"); many(5000);`;
      const folder = project({ "main.js": main });
      const store = join(folder, "disk/store");
      const disk = "mkdir -p disk; mount -t tmpfs -o size=256m tmpfs disk";
      const traced = inNamespace(
        `${disk}; ${PROGRAM}; code=$?; cp -r disk/store kept; exit $code`,
        node,
        folder,
        store,
      );
      expect(traced).toEqual(inNamespace(`${disk}; ${PLAIN}`, node, folder, store));
      const [one, ...others] = await runs(join(folder, "kept"));
      expect(others).toEqual([]);
      expect(one).toMatchObject({ status: "finished", exitCode: 0, overflow: "drop" });
      expect(happened(one)).toBe(calls + 2 * 5000 + 3 + 1);
      expect(one?.counters.dropped).toBeGreaterThan(0);
      expect(one?.storedCalls).toBe(one?.counters.recorded);
      expect(one?.storedCalls).toBeGreaterThan(2 * 5000);
    },
  );

  it.runIf(canMount)("with a /dev/shm that the program fills counts what it drops", async () => {
    const main = `${TEXTS} ${FILL}
      const { Worker, isMainThread } = require("node:worker_threads");
      if (isMainThread) {
        require("node:fs").writeFileSync("/dev/shm/taken", Buffer.alloc(40 << 20));
        for (let i = 0; i < 8; i++) new Worker(__filename);
        many(1000);
        fill("/dev/shm/rest");
      }
      many(20_000); process.on("exit", (code) => isMainThread && console.log("end", code));`;
    const folder = project({ "main.js": main });
    const store = join(folder, "store");
    const memory = "mount -t tmpfs -o size=64m tmpfs /dev/shm";
    const traced = inNamespace(`${memory}; ${PROGRAM}`, node, folder, store, "drop");
    expect(traced).toEqual(inNamespace(`${memory}; ${PLAIN}`, node, folder, store));
    const [one] = await runs(store);
    expect(one).toMatchObject({ status: "finished", exitCode: 0 });
    // Each thread's exit listener, and the main thread's filling.
    expect(happened(one)).toBe(9 * 20_001 + 9 + 1001 + 1);
    expect(one?.storedCalls).toBe(one?.counters.recorded);
  });

  it.runIf(canMount)("with a small /dev/shm takes all of eight workers", async () => {
    const main = `${TEXTS} const { Worker, isMainThread } = require("node:worker_threads");
      if (isMainThread) for (let i = 0; i < 8; i++) new Worker(__filename);
      many(5000); process.on("exit", (code) => isMainThread && console.log("end", code));`;
    const folder = project({ "main.js": main });
    const store = join(folder, "store");
    const traced = inNamespace(
      `mount -t tmpfs -o size=4m tmpfs /dev/shm; ${PROGRAM}`,
      node,
      folder,
      store,
    );
    expect(traced).toEqual(run(node, ["main.js"], folder));
    const [one] = await runs(store);
    expect(one).toMatchObject({ status: "finished", crashProof: false, counters: { dropped: 0 } });
    expect(one?.storedCalls).toBeGreaterThanOrEqual(9 * 5001);
  });

  it.runIf(canMount)("whose store becomes read-only goes on, and records again later", async () => {
    const calls = 600_000;
    // A mount above the store, since the recorder holds files in it open.
    const main = `${TEXTS} const { execSync } = require("node:child_process");
      many(5000);
      execSync("mount --bind store store && mount -o remount,bind,ro store");
      many(${calls});
      execSync("umount store"); many(5000);
      setTimeout(() => console.log("end", many(5000)), 700);`;
    const folder = project({ "main.js": main });
    const store = join(folder, "store");
    const traced = inNamespace(`mkdir -p store; ${PROGRAM}`, node, folder, store);
    expect(traced).toEqual(inNamespace(`mkdir -p store; ${PLAIN}`, node, folder, store));
    const [one, ...others] = await runs(store);
    expect(others).toEqual([]);
    expect(one).toMatchObject({ status: "finished", exitCode: 0, overflow: "drop" });
    // The timer's callback, too.
    expect(happened(one)).toBe(calls + 3 * 5000 + 4 + 1);
    expect(one?.counters.dropped).toBeGreaterThan(0);
    expect(one?.storedCalls).toBe(one?.counters.recorded);
    expect(one?.storedCalls).toBeGreaterThan(2 * 5000);
    expect(one?.counters).toMatchObject({ storeError: expect.stringMatching(/cannot write/) });
  });

  it.runIf(canMount)("a read-only store answers all the same, and takes nothing more", () => {
    const folder = project({ "main.js": `${TEXTS} console.log(many(500));` });
    const store = join(folder, "store");
    expect(run("sh", ["-c", PROGRAM], folder, environment(node, store)).status).toBe(0);
    const ended = inNamespace(
      `mount --bind store store && mount -o remount,bind,ro store || exit 9
       for question in list "list --runs" "show latest" top exceptions doctor \
         "query 'SELECT count(*) AS n FROM calls'"; do
         eval "'$NODE' '$CLI' $question --store store" > out 2> err; echo "$question: $?"
       done
       for work in compact "prune --max-runs 0" migrate "doctor --quarantine"; do
         eval "'$NODE' '$CLI' $work --store store" 2> err; echo "$work: $?"; cat err
       done
       ${PROGRAM}; echo "program: $?"`,
      node,
      folder,
      store,
    );
    const refused = `2\nbreadcrumb: cannot write to ${store}/upkeep.lock: Read-only file system (os error 30)\n`;
    const plain = run(node, ["main.js"], folder).stdout;
    expect(ended.stdout).toBe(
      "list: 0\nlist --runs: 0\nshow latest: 0\ntop: 0\nexceptions: 0\ndoctor: 0\n" +
        "query 'SELECT count(*) AS n FROM calls': 0\n" +
        `compact: ${refused}prune --max-runs 0: ${refused}migrate: ${refused}doctor --quarantine: ${refused}` +
        `${plain}program: 0\n`,
    );
  });

  it("whose store is removed underneath goes on in a new one", async () => {
    const main = `${TEXTS} many(500);
      setTimeout(() => {
        // The recorder may write into it meanwhile.
        require("node:fs").rmSync("store", { recursive: true, force: true, maxRetries: 9 });
        for (let i = 0; i < 3; i++) many(500);
        console.log("end");
      }, 900);`;
    const folder = project({ "main.js": main });
    const plain = run(node, ["main.js"], folder);
    const store = join(folder, "store");
    expect(run("sh", ["-c", PROGRAM], folder, environment(node, store))).toEqual(plain);
    const [one] = await runs(store);
    expect(one).toMatchObject({ status: "finished", exitCode: 0 });
    expect(one?.storedCalls).toBeGreaterThanOrEqual(3 * 501);
  });
});

const PROGRAM = `"$NODE" --require "$REGISTER" main.js`;

const PLAIN = `"$NODE" main.js`;

function inNamespace(
  script: string,
  node: string,
  folder: string,
  store: string,
  overflow: "block" | "drop" = "block",
): Ended {
  return run("unshare", ["-rm", "sh", "-c", script], folder, environment(node, store, overflow));
}

function environment(
  node: string,
  store: string,
  overflow: "block" | "drop" = "block",
): Record<string, string> {
  const options = { store, overflow, quiet: true };
  return {
    NODE: node,
    REGISTER: register,
    CLI: cli,
    BREADCRUMB_OPTIONS: JSON.stringify(options),
  };
}

/** All calls that the run accounts for. */
function happened(one: Run | undefined): number | undefined {
  return one && one.counters.recorded + one.counters.counted + one.counters.dropped;
}

async function runs(folder: string): Promise<readonly Run[]> {
  const store = await openStore(folder);
  try {
    return await store.runs();
  } finally {
    await store.close();
  }
}
