/** A program with something of everything: integers, texts, objects, results, waits, exceptions. */
import { setTimeout as wait } from "node:timers/promises";

const greetings = ["hällo", 'quo"ted', "back\\slash", "", "line\nbreak", "日本語", "🙂", "plain"];

function add(a, b) {
  return a + b;
}

function greet(name, options) {
  return `${name}${options.times}`;
}

function fail(text) {
  throw new TypeError(`no ${text}`);
}

async function fetched(id) {
  await wait(id % 3);
  return { id, tags: [greet(greetings[id % greetings.length], { times: id })] };
}

for (let i = 0; i < 20_000; i++) add(i, -i);
for (let i = 0; i < 2_000; i++)
  greet(greetings[i % greetings.length], { times: i, big: 2n ** 70n });
add(2 ** 53 - 1, -(2 ** 53 - 1));
add(0.5, Number.NaN);
for (let i = 0; i < 100; i++) {
  try {
    fail(`number ${i % 7}`);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
  }
}
await Promise.all(Array.from({ length: 200 }, (_, id) => fetched(id)));
