/**
 * Counts every call with V8's own counters: precise coverage, detailed, begun before the first
 * file. Written at exit to the file that `BREADCRUMB_TEST_COUNTS` names: of each function its script's path and id, name,
 * and ranges: offsets in the script's text, and how often it ran. The first range is the function itself.
 */
"use strict";
const { Session } = require("node:inspector");
const { writeFileSync } = require("node:fs");
const { dirname } = require("node:path");
const { fileURLToPath } = require("node:url");
const { isMainThread } = require("node:worker_threads");

const target = process.env["BREADCRUMB_TEST_COUNTS"];
if (isMainThread && target !== undefined) {
  const session = new Session();
  session.connect();
  session.post("Profiler.enable");
  session.post("Profiler.startPreciseCoverage", { callCount: true, detailed: true });
  const take = () => {
    session.post("Profiler.takePreciseCoverage", (error, answer) => {
      if (error) throw new Error(error.message);
      writeFileSync(target, JSON.stringify(answer.result.flatMap(functionsOf)));
    });
  };
  process.on("exit", take);
  // The last listener: what the program does in its own is counted too.
  process.on("newListener", (event, listener) => {
    if (event !== "exit" || listener === take) return;
    process.nextTick(() => process.off("exit", take).on("exit", take));
  });
}

/** The functions of a script. */
function functionsOf({ url, scriptId: script, functions }) {
  const path = pathOf(url);
  if (path === undefined || dirname(path) === __dirname) return [];
  return functions.map(({ functionName: name, ranges }) => ({
    path,
    script,
    name,
    ranges: ranges.map(({ startOffset, endOffset, count }) => [startOffset, endOffset, count]),
  }));
}

/** Path of a script's file; undefined for Node's own and for `eval`. */
function pathOf(url) {
  if (url.startsWith("file:")) return fileURLToPath(url);
  return /^(?:\/|[A-Za-z]:\\)/.test(url) ? url : undefined;
}
