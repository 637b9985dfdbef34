/**
 * Loops of lines: `long` runs 12 lines a round in few calls, with branches; `short` 6 lines a call in many calls. Prints JSON: ns
 * of the thread's CPU a round of each, once they are optimised, and how many lines and assignments a round has.
 */
"use strict";
const ROUNDS = process.env["BENCH_SIZE"] === "small" ? 20_000 : 1_000_000;

const TIMES = 8;

/** Of this thread, where Node can say so. */
const cpuUsage = (process.threadCpuUsage ?? process.cpuUsage).bind(process);

function long(rounds, seed) {
  let [a, b] = [seed, 0];
  for (let i = 0; i < rounds; i++) {
    a = (Math.imul(a, 1664525) + 1013904223) | 0;
    b += a & 7;
    if (a < 0) {
      b ^= a;
    } else {
      b += 3;
    }
    if ((a & 1) === 0) {
      b -= 1;
      a ^= b;
    }
    b |= 1;
    a += i;
    b = (b << 1) ^ a;
    a ^= b >>> 5;
  }
  return a ^ b;
}

function short(n) {
  let sum = n;
  if (n & 1) {
    sum += 2;
  }
  sum ^= 5;
  sum += n;
  return sum | 0;
}

/** Lines and assignments of a round, with half of the branches taken; of `short` those of the loop around it not, which cost as in `long`. */
const LINES = { long: 10.5, short: 5.5 };
const ASSIGNMENTS = { long: 9, short: 3.5 };

function measure(round) {
  let sum = round(ROUNDS);
  // The kernel counts a thread's time in ticks of some milliseconds.
  const before = cpuUsage();
  for (let i = 0; i < TIMES; i++) sum ^= round(ROUNDS);
  const { user, system } = cpuUsage(before);
  return { ns: ((user + system) * 1000) / ROUNDS / TIMES, sum };
}

const long_ = measure((rounds) => long(rounds, 1));
const short_ = measure((rounds) => {
  let sum = 0;
  for (let i = 0; i < rounds; i++) sum = (sum + short(i)) | 0;
  return sum;
});
const told = { lines: LINES, assignments: ASSIGNMENTS };
process.stdout.write(JSON.stringify({ long: long_, short: short_, ...told }));
