/** Isolates the cost of a call with a number in and out: nothing but calls of a small function. */
"use strict";
const small = process.env["BENCH_SIZE"] === "small";

function fibonacci(n) {
  return n < 2 ? n : fibonacci(n - 1) + fibonacci(n - 2);
}

console.log(fibonacci(small ? 15 : 34));
