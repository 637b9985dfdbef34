/** A large program: the TypeScript compiler, in JavaScript, checks one file and what it imports. */
"use strict";
const { join } = require("node:path");

/** What is checked, and with which libraries. */
const SIZES = {
  small: ["input-small.ts", "--noLib", "--typeRoots", "none"],
  middle: ["input-middle.ts", "--lib", "es5", "--typeRoots", "none"],
  full: ["input.ts", "--lib", "es2023,dom", "--types", "node", "--strict"],
};
const [name, ...options] = SIZES[process.env["BENCH_SIZE"]];
const file = join(__dirname, name);
process.argv.splice(2, process.argv.length, "--noEmit", "--pretty", "false", ...options, file);
require("typescript/lib/_tsc.js");
