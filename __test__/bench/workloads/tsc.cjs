/** A large program: the TypeScript compiler, in JavaScript, checks one file and what it imports. */
"use strict";
const { join } = require("node:path");
const small = process.env["BENCH_SIZE"] === "small";

const options = small
  ? ["--noLib", "--typeRoots", "none"]
  : ["--lib", "es2023,dom", "--types", "node", "--strict"];
const file = join(__dirname, small ? "input-small.ts" : "input.ts");
process.argv.splice(2, process.argv.length, "--noEmit", "--pretty", "false", ...options, file);
require("typescript/lib/_tsc.js");
