/**
 * What is recorded of the long run: requests with values, callbacks, exceptions, slow ones, and small
 * functions that are called often. `counted.calls` is how many calls there were.
 */
"use strict";
const { setTimeout: sleep } = require("node:timers/promises");

const counted = { calls: 0 };

function hash(text) {
  counted.calls++;
  let sum = 0;
  for (let at = 0; at < text.length; at++) sum = step(sum, text.charCodeAt(at));
  return sum;
}

function step(sum, unit) {
  counted.calls++;
  return (Math.imul(sum, 31) + unit) | 0;
}

function order(n) {
  counted.calls++;
  return { id: n, customer: `customer ${n % 977}`, lines: [{ cents: n % 5000 }, { cents: 7 }] };
}

function charge(bought) {
  counted.calls++;
  if (bought.id % 100 === 17) throw new Error(`no money for ${bought.id}`);
  return bought.lines.reduce(add, 0);
}

function add(sum, line) {
  counted.calls++;
  return sum + line.cents;
}

function later(n) {
  counted.calls++;
  return hash(`later ${n}`);
}

async function request(n) {
  counted.calls++;
  const bought = order(n);
  await Promise.resolve();
  if (n % 10 === 3) setTimeout(later, 5, n);
  if (n % 1000 === 1) await sleep(60);
  try {
    return charge(bought) + hash(bought.customer);
  } catch {
    return -1;
  }
}

module.exports = { request, counted };
