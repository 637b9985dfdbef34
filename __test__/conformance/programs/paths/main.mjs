// Files under all kinds of names and addresses: what they are, and what their stacks say.
import { createRequire } from "node:module";
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const require = createRequire(import.meta.url);
const here = import.meta.dirname;
const odd = join(here, "dir with spaces é%20x");
const show = (label, { where, stack }) => console.log(label, where(), stack());

show("esm", await import(pathToFileURL(join(odd, "a#b?c.mjs")).href));
show("cjs", require(join(odd, "%41.cjs")));
const url = pathToFileURL(join(odd, "a#b?c.mjs")).href;
const [one, two] = [await import(`${url}?v=1`), await import(`${url}?v=2`)];
show("?v=1", one);
show("?v=2", two);
console.log(one === two, one.where === two.where);
show("?v=1 of CommonJS", (await import(`${pathToFileURL(join(odd, "%41.cjs")).href}?v=1`)).default);

const text = "export const where = () => 'data'; export const stack = () => new Error('x').stack.split('\\n')[0];";
show("data:", await import(`data:text/javascript,${encodeURIComponent(text)}`));

writeFileSync(join(here, "bare"), "module.exports = () => __filename;");
console.log(require("./bare")());
writeFileSync(join(here, "data.json"), '{ "where": [1] }');
console.log(require("./data"), (await import("./data.json", { with: { type: "json" } })).default);

// A folder of packages as pnpm lays it out: the same file by its link and by its own place.
const store = join(here, "pnpm/node_modules/.pnpm/dep@1.0.0/node_modules/dep");
mkdirSync(store, { recursive: true });
writeFileSync(join(store, "package.json"), '{ "main": "index.js" }');
writeFileSync(join(store, "index.js"), "exports.where = () => __filename; exports.stack = () => new Error('s').stack.split('\\n')[1];");
symlinkSync(".pnpm/dep@1.0.0/node_modules/dep", join(here, "pnpm/node_modules/dep"), "dir");
const main = join(here, "pnpm/main.js");
writeFileSync(main, "const dep = require('dep'); console.log(dep.where(), dep.stack());");
for (const flags of [[], ["--preserve-symlinks"], ["--preserve-symlinks", "--preserve-symlinks-main"]]) {
  const { stdout, stderr } = spawnSync(process.execPath, [...flags, main], { encoding: "utf8" });
  console.log(flags.join(" "), stdout, stderr);
}
rmSync(join(here, "pnpm/node_modules"), { recursive: true });

const long = join(here, ...Array.from({ length: 15 }, (_, i) => `${i}`.padEnd(200, "x")));
mkdirSync(long, { recursive: true });
writeFileSync(join(long, "deep.cjs"), "exports.f = () => __filename.length - __dirname.length;");
console.log(require(join(long, "deep.cjs")).f());
