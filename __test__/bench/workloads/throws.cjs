/**
 * Isolates the cost of the variables of a call that an exception leaves: functions enough that hardly one
 * is passed over, each with a block, arguments and a closure.
 */
"use strict";
const { mkdtempSync, rmSync, writeFileSync } = require("node:fs");
const { tmpdir } = require("node:os");
const { join } = require("node:path");

const functions = process.env["BENCH_SIZE"] === "small" ? 10 : 1500;
const THROWS = 8;

const folder = mkdtempSync(join(tmpdir(), "breadcrumb-throws-"));
const file = join(folder, "generated.js");
const one = (n) => `(order, count) => {
  let total = ${n};
  for (const line of order.lines) {
    const price = line.cents * count;
    total += price + rate;
    if (line.fails) null.property;
  }
  return total;
}`;
const all = Array.from({ length: functions }, (_, n) => one(n));
writeFileSync(file, `exports.make = (rate) => [${all.join(",")}];`);
const made = require(file).make(2);
rmSync(folder, { recursive: true });

const order = {
  id: 7,
  lines: [
    { sku: "A7", cents: 1250 },
    { sku: "B3", cents: 900, fails: true },
  ],
};
let caught = 0;
for (let round = 0; round < THROWS; round++) {
  for (const call of made) {
    try {
      call(order, round);
    } catch {
      caught += 1;
    }
  }
}
console.log(caught);
