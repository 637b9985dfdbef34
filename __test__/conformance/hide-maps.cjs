/**
 * CommonJS files name no source map, so that they are told by the places of the text that runs, as V8 does it.
 * The text keeps its length.
 */
"use strict";
const fs = require("node:fs");

const { readFileSync } = fs;
fs.readFileSync = function (path, ...rest) {
  const read = Reflect.apply(readFileSync, this, [path, ...rest]);
  if (typeof read !== "string" || !/\.c?js$/.test(String(path))) return read;
  return read.replaceAll("sourceMappingURL=", "sourceMappingURL-");
};
