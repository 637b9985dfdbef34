/** Isolates the cost of calls beside work: a loop over a function that does some, one level deep. */
"use strict";
const rounds = process.env["BENCH_SIZE"] === "small" ? 100 : 300_000;
const table = Uint32Array.from({ length: 256 }, (_, at) => (at * 2_654_435_761) >>> 0);

function mix(seed, length) {
  let hash = seed;
  for (let at = 0; at < length; at++) hash = (hash ^ table[(hash + at) & 255]) >>> 1;
  return hash;
}

let sum = 0;
for (let round = 0; round < rounds; round++) sum = (sum + mix(round, 1000)) >>> 0;
console.log(sum);
