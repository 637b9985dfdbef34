const { Worker, isMainThread, workerData, parentPort, SHARE_ENV, threadId } = require("node:worker_threads");
function work(n) { return n + 1 }
function deep(n) { return n ? deep(n - 1) : work(n) }
const once = (w) => new Promise((r) => { const ev = []; w.on("message", (m) => ev.push(m)); w.on("error", (e) => ev.push("E:" + e.message)); w.on("exit", (c) => r(JSON.stringify([...ev, c]))) });
if (isMainThread) (async () => {
  console.log(process.execArgv, process.argv.slice(2));
  for (const [label, data, opts] of [
    ["plain", { n: 5 }, {}], ["nested", { n: 2, nest: 2 }, {}], ["execArgv", { n: 3 }, { execArgv: [] }],
    ["execArgv2", { n: 3 }, { execArgv: ["--trace-uncaught"] }], ["env", { n: 3, showEnv: 1 }, { env: { A: "1" } }], ["share", { n: 3 }, { env: SHARE_ENV }],
    ["throws", { n: 2, fail: 1 }, {}], ["exits", { n: 2, exit: 3 }, {}], ["resource", { n: 2 }, { resourceLimits: { maxOldGenerationSizeMb: 64 } }],
    ["argv", { n: 1 , argv: 1}, { argv: ["x"] }],
  ]) {
    const told = await once(new Worker(__filename, { workerData: data, ...opts }));
    // A message and the error that follows it come by two ways, of which either may be first.
    console.log(label, label === "throws" ? JSON.parse(told).map(String).sort().join() : told);
  }
  const w = new Worker(__filename, { workerData: { n: 50, spin: 1 } });
  await new Promise((r) => w.once("message", r));
  console.log("terminated", await w.terminate());
  const e = new Worker(`require("node:worker_threads").parentPort.postMessage((function f(a) { return a + 1 })(1))`, { eval: true });
  console.log("eval", await once(e));
  const d = new Worker(new URL("data:text/javascript,import { parentPort } from 'node:worker_threads'; parentPort.postMessage(1)"));
  console.log("data", await once(d));
})(); else {
  for (let i = 0; i < workerData.n; i++) deep(i);
  if (workerData.showEnv) parentPort.postMessage(Object.keys(process.env));
  if (workerData.argv) parentPort.postMessage([process.argv.slice(2), process.execArgv]);
  parentPort.postMessage(work(workerData.n));
  if (workerData.fail) throw new Error("in worker");
  if (workerData.exit) process.exit(workerData.exit);
  if (workerData.spin) for (;;) work(1);
  if (workerData.nest) once(new Worker(__filename, { workerData: { n: 1, nest: workerData.nest - 1 } })).then((r) => parentPort.postMessage(r));
}
