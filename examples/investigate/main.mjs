/**
 * Asking a store what happened: two runs of the same program are compared, a value is searched for, and
 * what was found is written for other tools. Record both first.
 *
 *     npx breadcrumb run --store /tmp/shop examples/investigate/program.js
 *     npx breadcrumb run --store /tmp/shop examples/investigate/program.js sale
 *     node examples/investigate/main.mjs /tmp/shop
 */
import { chromeTrace, foldedStacks, openStore } from "breadcrumb-tracer/query";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

const store = await openStore(process.argv[2]);
const [after, before] = await store.runs();

// What is not as it was?
const diff = await store.diff(before.runId, after.runId);
const show = (value) => JSON.stringify(value);
const way = (side) => side?.path.map((call) => call.function).join(" › ") ?? "the end";
console.log(`until ${way(diff.divergence.a)} | ${way(diff.divergence.b)} they are alike`);
console.log(`new: ${diff.added.map((added) => added.function).join(", ")}`);
for (const { function: name, changes } of diff.changedValues) {
  console.log(
    `${name}: ${changes.map(({ path, a, b }) => `${path} ${show(a)} → ${show(b)}`).join(", ")}`,
  );
}
for (const { message, b } of diff.exceptions) console.log(`${b} × ${message}`);

// Who had to do with this article, and with what?
const { items } = await store.search("cup-07", { run: after.runId });
for (const { function: name, found } of items.toReversed()) {
  console.log(`${name} has it in ${found.map(({ path }) => path).join(", ")}`);
}
const cheap = await store.calls({
  run: after.runId,
  where: [
    { path: "args.line.price", op: "<", value: 5 },
    { path: "result", op: ">=", value: 7 },
  ],
});
console.log(cheap.items.map((call) => `${call.function} gave ${show(call.result)}`).join(", "));

// Who calls it, and what did not run this time?
const callers = await store.callers("priceOf", { run: after.runId });
console.log(callers.map((edge) => `${edge.function} calls it ${edge.calls} times`).join(", "));
const { notCalled } = await store.gaps({ run: before.runId });
console.log(`not called before: ${notCalled.map((gap) => gap.function).join(", ")}`);
const { series } = await store.series({ interval: "1h", run: after.runId });
console.log(`${series[0].points[0].calls} calls in the hour, ${series[0].points[0].errors} threw`);

// For other tools.
const folder = await mkdtemp(join(tmpdir(), "investigate-"));
const timeline = await store.timeline("latest");
await writeFile(join(folder, "trace.json"), JSON.stringify(chromeTrace(timeline)));
const stacks = foldedStacks(await store.flame({ run: after.runId }));
await writeFile(join(folder, "stacks.txt"), stacks.join("\n"));
const { rows } = await store.export({ to: join(folder, "all.duckdb"), format: "duckdb" });
console.log(`${timeline.rows.length} bars, ${stacks.length} stacks, ${rows.calls} calls exported`);

// Calls as they are published: here all that are to come, none.
const tail = store.tail({ signal: AbortSignal.abort() });
for await (const item of tail) console.log(item.kind);

await store.close();
await rm(folder, { recursive: true });
