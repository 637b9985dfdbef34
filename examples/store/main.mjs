/**
 * Storage alone: opens a store, asks it in several ways, and removes its oldest run. Record
 * something first; the tracer itself is not loaded here.
 *
 *     npx breadcrumb run --store /tmp/shop examples/store/program.js
 *     node examples/store/main.mjs /tmp/shop
 */
import { openStore } from "breadcrumb-tracer/query";
import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";

const dir = process.argv[2];
const store = await openStore(dir);

const runs = await store.runs();
console.log(`${runs.length} runs, ${runs.at(-1).counters.recorded} calls in the oldest`);

// A time range: what the newest run did.
const [newest] = runs;
const { items } = await store.traces({ since: newest.startedAt, limit: 3 });
console.log(`newest run: ${items.map((trace) => `${trace.function} ${trace.status}`).join(", ")}`);

const exceptions = await store.exceptions({ limit: 1 });
for (const { name, message } of exceptions.items) console.log(`exception: ${name}: ${message}`);

for (const { function: name, calls } of await store.stats({ sort: "calls", limit: 2 })) {
  console.log(`${name}: ${calls} calls`);
}

const { rows } = await store.sql(
  "SELECT file, max(depth) AS deepest FROM calls WHERE function = ? GROUP BY file",
  ["visit"],
);
console.log(rows);
await store.close();

await removeRun(runs.at(-1).runId);
const after = await openStore(dir);
console.log(`${(await after.runs()).length} runs after removing the oldest`);
await after.close();

/** Retention: a run is its record and its segments, all named after it. The record goes first. */
async function removeRun(runId) {
  await rm(join(dir, "runs", `${runId}.json`));
  const segments = join(dir, "segments");
  for (const name of await readdir(segments, { recursive: true })) {
    if (name.includes(`${runId}-`)) await rm(join(segments, name));
  }
}
