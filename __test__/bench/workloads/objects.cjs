/** Isolates what three small objects as arguments cost: a function that does next to nothing with them. */
"use strict";
const calls = process.env["BENCH_SIZE"] === "small" ? 1000 : 300_000;
const carts = Array.from({ length: 64 }, (_, at) => ({ id: at, name: "cart", open: at % 2 === 0 }));

function weigh(a, b, c) {
  return a.id + b.id + c.id;
}

let sum = 0;
for (let at = 0; at < calls; at++) {
  sum = (sum + weigh(carts[at & 63], carts[(at + 1) & 63], carts[(at + 2) & 63])) >>> 0;
}
console.log(sum);
