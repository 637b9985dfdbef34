/**
 * A steady load on the service beside it. Prints JSON: its resident memory from time to time, after a
 * collection of garbage, and the calls that happened. It is not recorded itself, so that each request
 * is a trace. `LONG_RUN_SECONDS`: how long. Run with `--expose-gc`.
 */
"use strict";
const { counted, request } = require("./service.cjs");

const lastMs = Number(process.env["LONG_RUN_SECONDS"]) * 1000;
const SAMPLES = 40;
/** Requests begun in each turn, about a millisecond. */
const IN_A_TURN = 2;
/** Until callbacks that were left behind have come, ms. */
const AFTERWARDS = 200;

const began = performance.now();
const samples = [];
let requests = 0;

function turn() {
  const sinceMs = performance.now() - began;
  if (sinceMs >= ((samples.length + 1) * lastMs) / SAMPLES) {
    globalThis.gc();
    samples.push(process.memoryUsage.rss());
  }
  if (sinceMs >= lastMs) setTimeout(end, AFTERWARDS);
  else {
    for (let i = 0; i < IN_A_TURN; i++) void request(requests++);
    setTimeout(turn, 1);
  }
}

function end() {
  console.log(JSON.stringify({ samples, calls: counted.calls, requests }));
}

turn();
