/** V8's coverage of a child, as `c8` collects it: the ranges of its files. */
"use strict";
const { spawnSync } = require("node:child_process");
const { readdirSync, readFileSync, rmSync } = require("node:fs");
const { basename, join } = require("node:path");

const folder = join(__dirname, "ranges");
const env = { ...process.env, NODE_V8_COVERAGE: folder };
function run(file) {
  const { stdout, stderr, status } = spawnSync(process.execPath, [join(__dirname, file)], { env, encoding: "utf8" });
  console.log(file, status, stdout, stderr);
}
run("shop.js");
run("cart.mjs");
for (const name of readdirSync(folder).toSorted()) {
  const { result } = JSON.parse(readFileSync(join(folder, name), "utf8"));
  for (const { url, functions } of result) {
    if (/\/(?:shop|cart)\.m?js$/.test(url)) console.log(basename(url), JSON.stringify(functions));
  }
}
rmSync(folder, { recursive: true });
