/**
 * The program that fills a store: a file with as many functions as a small service has.
 *
 *     appText()   // CommonJS with `handle(n, requests)`
 */

/** Functions that do the work of a request. */
export const LEAVES = 480;
/** Calls of a request. */
export const CALLS_PER_REQUEST = 201;

/** The program's text. */
export function appText(): string {
  const leaves = Array.from(
    { length: LEAVES },
    (_, i) => `function leaf${i}(a, b) { return (a ^ (b * ${i + 3})) & 1023; }`,
  );
  const names = leaves.map((_, i) => `leaf${i}`).join(", ");
  return `"use strict";
${leaves.join("\n")}
const leaves = [${names}];
function step(n, i) {
  let sum = 0;
  for (let j = 0; j < 19; j++) sum += leaves[(n * 7 + i * 19 + j) % ${LEAVES}](n & 255, j);
  return sum;
}
function refund(order) { return "needle-" + order; }
function check(n) { if (n % 5000 === 4999) throw new RangeError("request " + n); return n; }
function handle(n, requests) {
  let sum = 0;
  for (let i = 0; i < 10; i++) sum += step(n, i);
  if (n % 50000 === 777 || n === requests >> 1) refund(n);
  if (n % 5000 === 4999) { try { check(n); } catch {} }
  return sum;
}
exports.handle = handle;
`;
}
