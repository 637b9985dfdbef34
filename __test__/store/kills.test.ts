/**
 * SIGKILL at random instants of a recording, a merging, a pruning and a migration: what was published
 * is there once, whole, and the next process that looks after the store leaves nothing behind.
 *
 * A few kills here; `npm run test:store` makes a thousand. The instants are seeded; whichever come,
 * the same must hold. A process that ended before its kill does not count as one.
 */
import { type ChildProcess, spawn } from "node:child_process";
import {
  copyFileSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { openStore, SCHEMA_VERSION, type Store } from "../../ts/query/index";
import { cli, nodes, project, register, run } from "../support/program";
import { seeded } from "../support/seeded";
import { olderStore } from "../query/support/older-store";
import { writerProgram } from "./support/writer-program";

const FULL = process.env["BREADCRUMB_STORE"] === "full";
const ROUNDS = FULL ? 20 : 1;
/** Of a round's kills, one of so many is made. */
const SHARE = FULL ? 1 : 5;
/** Segments of the store that is migrated. */
const OLDER_SEGMENTS = 40;
/** The first part of a command, in which Node starts. */
const STARTS = 0.5;
const SEED = 20_261_126;
const CALLS = 120_000;

const WRITER = writerProgram({ pauseMs: 10 });
const [, node] = nodes.at(-1)!;

/** What a store holds of each run: number of rows, of ids, and a sum over what stands in them. */
type Digest = Readonly<Record<string, string>>;

const DIGEST = `
  SELECT run_id, count(*) || ' rows, ' || count(DISTINCT call_id) || ' ids, ' || sum(hash(call_id,
    trace_id, parent_id, function, line, started_at, duration_ns, status, arguments, result)) AS sum
  FROM calls GROUP BY run_id`;

async function digestOf(store: Store): Promise<Digest> {
  const { rows } = await store.sql(DIGEST);
  expect(store.problems()).toEqual([]);
  return Object.fromEntries(rows.map((row) => [row["run_id"], row["sum"]]));
}

/** What a reader that opens the store now is told of its runs. */
async function runsIn(dir: string): Promise<Map<string, number>> {
  await using store = await openStore(dir);
  const runs = await store.runs();
  expect(store.problems()).toEqual([]);
  return new Map(runs.map(({ runId, storedCalls }) => [runId, storedCalls]));
}

/** Files that should not be there: half written, half removed, or without a summary. */
function leftIn(dir: string): string[] {
  const names = readdirSync(dir, { recursive: true, encoding: "utf8" });
  const all = new Set(names);
  const isOrphan = (name: string) => {
    const [, segment] = /^(.*)-[a-z]+\.parquet$/.exec(name) ?? [];
    return segment !== undefined && !all.has(`${segment}.json`);
  };
  return names.filter((name) => /\.tmp$|\.removing$|^migrating/.test(name) || isOrphan(name));
}

/** Whether it was killed, and did not end before. */
function isKilled(child: ChildProcess): Promise<boolean> {
  return new Promise((resolve) => child.once("exit", (_, signal) => resolve(signal !== null)));
}

/** Commands, run to their end or killed somewhere in it. */
class Commands {
  readonly #lasts = new Map<string, number>();
  readonly chance: () => number;

  constructor(chance: () => number) {
    this.chance = chance;
  }

  /** Runs `breadcrumb <args>` on a store. */
  finish(dir: string, ...args: readonly string[]): void {
    const begun = performance.now();
    const ended = run(node, [cli, ...args, "--store", dir], dir);
    expect(ended).toMatchObject({ status: 0, stderr: "" });
    this.#lasts.set(args[0]!, performance.now() - begun);
  }

  /** Runs it and kills it, unless it ends before. */
  async kill(dir: string, ...args: readonly string[]): Promise<boolean> {
    const child = spawn(node, [cli, ...args, "--store", dir], { stdio: "ignore" });
    const killed = isKilled(child);
    const part = STARTS + this.chance() * (1.1 - STARTS);
    const timer = setTimeout(
      () => child.kill("SIGKILL"),
      part * (this.#lasts.get(args[0]!) ?? 200),
    );
    const was = await killed;
    clearTimeout(timer);
    return was;
  }
}

/** The store that all but migrations are about, with an open reader. */
interface Subject {
  readonly dir: string;
  readonly folder: string;
  readonly store: Store;
  readonly commands: Commands;
}

/** Nothing of what is half done survives the next look after the store. */
function sweep({ dir, commands }: Pick<Subject, "dir" | "commands">): void {
  for (const name of leftIn(dir).filter((file) => file.endsWith(".tmp"))) {
    // What was begun within the last minute could be of a living process.
    utimesSync(join(dir, name), 0, 0);
  }
  commands.finish(dir, "prune", "--max-runs", "1000");
  expect(leftIn(dir)).toEqual([]);
}

/** A recording that is killed; what a reader saw of it is there afterwards, and nothing twice. */
async function killWriter({ dir, folder, store, commands }: Subject): Promise<boolean> {
  const known = await runsIn(dir);
  const env = { ...process.env, BREADCRUMB_DIR: dir, BREADCRUMB_OVERFLOW: "block" };
  const args = ["--require", register, "writer.js", String(CALLS)];
  const child = spawn(node, args, { cwd: folder, env, stdio: "ignore" });
  const killed = isKilled(child);
  let seen = known;
  const until = performance.now() + 100 + commands.chance() * 1400;
  while (performance.now() < until && child.exitCode === null) {
    seen = await runsIn(dir);
    await sleep(20);
  }
  child.kill("SIGKILL");
  const was = await killed;
  expect(run(node, [cli, "recover"], dir)).toMatchObject({ status: 0, stderr: "" });
  const digests = await digestOf(store);
  for (const { runId, storedCalls: n, counters } of await store.runs()) {
    expect(n).toBeGreaterThanOrEqual(seen.get(runId) ?? 0);
    if (known.has(runId)) continue;
    expect({ recorded: counters.recorded, dropped: counters.dropped }).toEqual({
      recorded: n,
      dropped: 0,
    });
    if (n > 0) expect(digests[runId]).toContain(`${n} rows, ${n} ids,`);
  }
  return was;
}

/** A merging that is killed changes nothing that is told. */
async function killMerger({ dir, store, commands }: Subject): Promise<boolean> {
  const before = await digestOf(store);
  const was = await commands.kill(dir, "compact");
  expect(await digestOf(store)).toEqual(before);
  commands.finish(dir, "compact");
  expect(await digestOf(store)).toEqual(before);
  return was;
}

/** A pruning that is killed: its run is whole, or gone; the others are as they were. */
async function killPruner({ dir, store, commands }: Subject): Promise<boolean> {
  const before = await digestOf(store);
  const runs = await store.runs();
  const { runId } = runs[Math.floor(commands.chance() * runs.length)]!;
  const was = await commands.kill(dir, "prune", "--run", runId);
  const { [runId]: _, ...others } = before;
  const after = await digestOf(store);
  expect([before, others]).toContainEqual(after);
  return was;
}

/** A store of an older version with many segments. */
function manyOlder(): string {
  const dir = olderStore("v2");
  const [record = ""] = readdirSync(join(dir, "runs"));
  const first = `${record.slice(0, -".json".length)}-0`;
  const [day = ""] = readdirSync(join(dir, "segments"));
  const folder = join(dir, "segments", day);
  const files = readdirSync(folder).filter((name) => name.startsWith(`${first}-`));
  const text = readFileSync(join(folder, `${first}.json`), "utf8");
  for (let seq = 1; seq < OLDER_SEGMENTS; seq++) {
    const name = `${first.slice(0, -1)}${seq}`;
    for (const file of files)
      copyFileSync(join(folder, file), join(folder, file.replace(first, name)));
    const summary = text.replace('"seq":0', `"seq":${seq}`).replaceAll(`${first}-`, `${name}-`);
    writeFileSync(join(folder, `${name}.json`), summary);
  }
  return dir;
}

/** A migration that is killed changes nothing that is told; the next one ends it. */
async function killMigration({ commands }: Subject): Promise<boolean> {
  const dir = manyOlder();
  try {
    await using store = await openStore(dir);
    const before = await digestOf(store);
    expect(Object.values(before)[0]).toContain(`${19 * OLDER_SEGMENTS} rows, 19 ids,`);
    const was = await commands.kill(dir, "migrate");
    expect(await digestOf(store)).toEqual(before);
    commands.finish(dir, "migrate");
    sweep({ dir, commands });
    expect(await digestOf(store)).toEqual(before);
    expect(readFileSync(join(dir, "store.json"), "utf8")).toContain(
      `"schemaVersion": ${SCHEMA_VERSION}`,
    );
    return was;
  } finally {
    rmSync(dirname(dir), { recursive: true });
  }
}

const KINDS = [
  { kill: killWriter, times: 10 },
  { kill: killMerger, times: 15 },
  { kill: killPruner, times: 10 },
  { kill: killMigration, times: 15 },
] as const;

test.each(Array.from({ length: ROUNDS }, (_, round) => round))(
  "round %i of kills",
  async (round) => {
    const chance = seeded(SEED + round);
    const folder = project({ "writer.js": WRITER });
    const dir = join(folder, "store");
    const record = () =>
      run(node, [cli, "run", "--store", dir, "--quiet", "--", node, "writer.js", "30000"], folder);
    expect(record()).toMatchObject({ status: 0, stderr: "" });
    await using store = await openStore(dir);
    const subject = { dir, folder, store, commands: new Commands(chance) };
    const left = KINDS.map(({ times }) => Math.ceil(times / SHARE));
    while (left.some((times) => times > 0)) {
      const kinds = left.flatMap((times, kind) => Array.from({ length: times }, () => kind));
      const kind = kinds[Math.floor(chance() * kinds.length)]!;
      if (await KINDS[kind]!.kill(subject)) left[kind]! -= 1;
      const told = await digestOf(store);
      sweep(subject);
      expect(await digestOf(store)).toEqual(told);
      // Something to merge and to prune.
      if ((await store.runs()).length >= 4) continue;
      expect(record()).toMatchObject({ status: 0, stderr: "" });
    }
  },
);
