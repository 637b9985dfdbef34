"use strict";
const babel = require("@babel/core");
const { readFileSync, writeFileSync } = require("node:fs");
const path = require("node:path");

const file = path.join(__dirname, "input.mjs.txt");
const { code, map } = babel.transformSync(readFileSync(file, "utf8"), {
  filename: "input.mjs",
  babelrc: false,
  configFile: false,
  sourceMaps: true,
  presets: [[require("@babel/preset-env"), { targets: "ie 11" }]],
});
writeFileSync(path.join(__dirname, "output.js"), code);
console.log(code);
console.log(map.mappings);
