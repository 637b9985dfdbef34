/** Isolates what strings of 40 characters cost as arguments: as many different ones as a service has. */
"use strict";
const calls = process.env["BENCH_SIZE"] === "small" ? 1000 : 2_000_000;
const texts = Array.from({ length: 1000 }, (_, at) => `${at}`.padStart(40, "customer/order/"));

function weigh(text) {
  return text.length;
}

let sum = 0;
for (let at = 0; at < calls; at++) sum = (sum + weigh(texts[at % 1000])) >>> 0;
console.log(sum);
