/**
 * In a traced program: writes at exit what became of each file and which functions were left alone
 * to the file that `BREADCRUMB_TEST_COVERAGE` names.
 */
"use strict";
const { writeFileSync } = require("node:fs");
const { join } = require("node:path");
const { isMainThread } = require("node:worker_threads");

const target = process.env["BREADCRUMB_TEST_COVERAGE"];
if (isMainThread && target !== undefined) {
  process.on("exit", () => {
    // Not before: programs look through what is loaded.
    const { Breadcrumb } = require(join(__dirname, "../../dist/index.js"));
    writeFileSync(target, JSON.stringify(Breadcrumb.coverage()));
  });
}
