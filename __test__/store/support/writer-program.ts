/**
 * A program that makes as many calls as its first argument says, a turn of 600 after the other.
 *
 *     project({ "writer.js": writerProgram({ pauseMs: 10 }) })   // node writer.js 30000
 */

/** Its text. `pauseMs`: between turns. */
export function writerProgram({ pauseMs }: { readonly pauseMs: number }): string {
  return `
function leaf(a, b) { return a + b; }
function work(n) { return leaf(n, 1) + leaf(n, 2); }
const calls = Number(process.argv[2]);
let sum = 0;
function turn(n) {
  for (let end = Math.min(n + 600, calls); n < end; n += 3) sum += work(n);
  if (n < calls) setTimeout(turn, ${pauseMs}, n);
}
turn(0);
`;
}
