/**
 * Units of work one after the other for a while: what does each take once the first two seconds are over?
 * Prints JSON. `BENCH_UNIT`: which work; `BENCH_SECONDS`: how long.
 */
"use strict";
const SETTLED_MS = 2500;
const unit = process.env["BENCH_UNIT"];
const lastMs = Number(process.env["BENCH_SECONDS"]) * 1000;

function fibonacci(n) {
  return n < 2 ? n : fibonacci(n - 1) + fibonacci(n - 2);
}

function hash(text) {
  let sum = 0;
  for (let i = 0; i < text.length; i++) sum = (Math.imul(sum, 31) + text.charCodeAt(i)) | 0;
  return sum;
}

function hashes(text) {
  let sum = 0;
  for (let i = 0; i < 200; i++) sum ^= hash(text + i);
  return sum;
}

/** Functions of some nanoseconds; of a microsecond; a template with its data; a compiler; little now and then. */
const UNITS = {
  tiny: () => () => fibonacci(20),
  small: () => () => hashes("a text of some length that is hashed over and over ".repeat(8)),
  page: () => {
    const Handlebars = require("handlebars");
    const _ = require("lodash");
    const page = Handlebars.compile(
      "{{#each groups}}<h2>{{name}}</h2>{{#each orders}}{{id}},{{/each}}{{/each}}",
    );
    const orders = _.times(120, (id) => ({ id, customer: id % 7, cents: (id * 7919) % 5000 }));
    return () => {
      const groups = _.map(_.groupBy(orders, "customer"), (group, name) => ({
        name,
        orders: _.take(_.sortBy(group, "cents"), 10),
      }));
      return page({ groups });
    };
  },
  transpile: () => {
    const ts = require("typescript");
    const text = require("node:fs").readFileSync(`${__dirname}/input.ts`, "utf8");
    return () => ts.transpileModule(text, {}).outputText;
  },
  seldom: () => () => hashes("a text of some length that is hashed over and over ".repeat(8)),
};

const work = UNITS[unit]();
const began = performance.now();
let units = 0;
let settled;
let isOver = false;

function turn() {
  const since = performance.now() - began;
  if (settled === undefined && since >= SETTLED_MS) settled = { units, cpu: process.cpuUsage() };
  if (since >= lastMs) {
    clearInterval(timer);
    isOver = true;
    const { user, system } = process.cpuUsage(settled.cpu);
    console.log(JSON.stringify({ units: units - settled.units, cpuUs: user + system }));
    return;
  }
  work();
  units += 1;
}

// A turn of the event loop for each unit, or ten a second.
const timer =
  unit === "seldom"
    ? setInterval(turn, 100)
    : setInterval(() => {
        const until = performance.now() + 20;
        while (!isOver && performance.now() < until) turn();
      }, 0);
