/**
 * Instrumentation alone: no store on disk, the newest calls in memory, with counters and
 * statistics.
 *
 *     node examples/in-memory/main.mjs
 */
import { Breadcrumb } from "breadcrumb-tracer";

const session = await Breadcrumb.start({
  include: ["examples/in-memory/parcel.mjs"],
  store: ":memory:",
  maxCalls: 1000,
});
const { ship } = await import("./parcel.mjs");
for (let at = 1; at <= 20; at++) await ship({ id: at, grams: at * 450 }).catch(() => {});
const counters = await session.stop();

console.log(`${counters.recorded} calls recorded, ${counters.dropped} dropped`);
console.log(`${counters.exceptions} exceptions`);
for (const { function: name, calls, errors } of session.stats()) {
  console.log(`${name}: ${calls} calls, ${errors} threw`);
}
const [newest] = session.calls({ function: "ship", limit: 1 });
console.log("newest:", newest.function, JSON.stringify(newest.arguments), newest.status);
console.log(
  "files:",
  session
    .coverage()
    .files.map(({ file, status }) => `${file} ${status}`)
    .join(),
);
