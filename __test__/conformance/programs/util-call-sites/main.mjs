/** `util.getCallSites()` and its forerunner, where there are any: positions, numbers, refusals. */
import * as util from "node:util";
import { createRequire } from "node:module";

// The old name warns, with the process's number.
process.removeAllListeners("warning");
const required = createRequire(import.meta.url)("util");
for (const name of ["getCallSites", "getCallSite"]) {
  const ask = util[name];
  console.log(name, typeof ask, ask === required[name], ask?.name, ask?.length, String(ask), Object.getOwnPropertyDescriptor(required, name)?.enumerable);
  if (isThere(ask)) show(ask);
}

function isThere(ask) { return ask !== undefined; }

function show(ask) {
  const tell = (sites) => sites.map(({ scriptId: _, ...site }) => ({ ...site }));
  const inner = (...args) => [1].map((one) => { if (one) return tell(ask(...args)); })[0];
  console.log(inner(), inner(1), inner(2), inner(3, { sourceMap: false }), inner({ sourceMap: true }));
  const deep = (n, ...args) => n === 0 ? ask(...args) : deep(n - 1, ...args);
  console.log(deep(250, 198).length, deep(30, 25).length, Object.keys(deep(1, 1)[0]), deep(1, 1).length);
  for (const wrong of [[0], [201], ["3"], [null], [3, 5], [{ sourceMap: 1 }], ["", {}]]) {
    try { console.log(ask(...wrong).length); } catch (error) { console.log(error.code, error.stack); }
  }
}
