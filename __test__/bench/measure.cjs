/**
 * Preloaded into a workload: writes at exit what it cost to the file that `BENCH_RESULT` names.
 * `threadCpuMs`: of the program's own thread where Node can tell, else of the whole process;
 * `exact` says which.
 */
"use strict";
const { writeFileSync } = require("node:fs");

const target = process.env["BENCH_RESULT"];
delete process.env["BENCH_RESULT"];
if (target !== undefined) {
  process.on("exit", () => {
    const exact = typeof process.threadCpuUsage === "function";
    const thread = exact ? process.threadCpuUsage() : process.cpuUsage();
    const all = process.cpuUsage();
    const result = {
      exact,
      threadCpuMs: (thread.user + thread.system) / 1000,
      processCpuMs: (all.user + all.system) / 1000,
      peakMiB: process.resourceUsage().maxRSS / 1024,
    };
    writeFileSync(target, JSON.stringify(result));
  });
}
