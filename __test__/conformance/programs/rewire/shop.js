"use strict";
const fs = require("node:fs");
const rate = 2;
const log = { level: 1 };
let counter = 0;
const round = (n) => Math.round(n);
function add(sum, n) { return sum + n; }
exports.total = (list) => { counter += 1; return round(rate * list.reduce(add, 0)); };
exports.level = () => log.level;
exports.read = () => fs.readFileSync(__filename, "utf8").slice(0, 6);
exports.fail = function fail() { throw new Error("failed " + counter); };
exports.Shop = class Shop { #own = rate; rate() { return this.#own; } };
