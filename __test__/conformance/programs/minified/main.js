/** A file of one line: stacks and the excerpt above an uncaught error with `--enable-source-maps`. */
"use strict";
Error.stackTraceLimit = 50;
const { findSourceMap } = require("node:module");
const { getCallSites = () => [] } = require("node:util");
const inline = require("./inline.js");
const external = require("./external.js");
const plain = () => { throw new Error("no map"); };
for (const { Shop } of [inline, external]) try { new Shop([{ price: -1 }]).total(); } catch (error) { console.log(error.stack); }
try { plain(); } catch (error) { console.log(error.stack); }
for (const name of ["inline", "external"]) { const map = findSourceMap(require.resolve(`./${name}.js`)); console.log(map.payload.sources.length, map.findEntry(0, 700)); }
console.log(getCallSites(3, { sourceMap: true }).map(({ lineNumber, columnNumber }) => [lineNumber, columnNumber]).slice(0, 1));
(async () => {
  for (const { later, Shop } of [inline, external]) await later(new Shop([{ price: -2 }])).catch((error) => { console.log(error.stack); });
  process.setSourceMapsEnabled(false); await inline.later(new inline.Shop([{ price: -3 }])).catch((error) => { console.log(error.stack); });
  process.setSourceMapsEnabled(true); setTimeout(() => { new inline.Shop([{ price: 1 }, { price: -4 }]).total(); }, 1);
})();
