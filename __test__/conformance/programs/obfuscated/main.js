/** An obfuscator, and what it makes of a program: strings in a rotated list, flattened control flow, self defence. */
"use strict";
const { readFileSync, writeFileSync } = require("node:fs");
const { join } = require("node:path");
const { obfuscate } = require("javascript-obfuscator");

const source = readFileSync(join(__dirname, "shop.js"), "utf8");
const common = { seed: 7, stringArray: true, stringArrayThreshold: 1, splitStrings: true, splitStringsChunkLength: 4, identifierNamesGenerator: "mangled-shuffled" };
const kinds = {
  flat: { ...common, controlFlowFlattening: true, controlFlowFlatteningThreshold: 1, deadCodeInjection: true, deadCodeInjectionThreshold: 0.6, numbersToExpressions: true },
  guarded: { ...common, selfDefending: true, stringArrayEncoding: ["rc4", "base64"], stringArrayWrappersCount: 3, stringArrayWrappersType: "function", stringArrayCallsTransform: true, transformObjectKeys: true, unicodeEscapeSequence: true, disableConsoleOutput: false },
};
for (const [kind, options] of Object.entries(kinds)) {
  const code = obfuscate(source, options).getObfuscatedCode();
  const file = join(__dirname, `${kind}.js`);
  writeFileSync(file, code);
  const { run, Shop } = require(file);
  console.log(kind, code.length, JSON.stringify(run(6)));
  try { new Shop().fail(1); } catch (error) { console.log(error.message, [...error.stack.matchAll(/\w+\.js:\d+:\d+/g)].map(String).filter((place) => place.startsWith(kind)).join(" < ")); }
  console.log(String(run).length, String(Shop).length);
}
