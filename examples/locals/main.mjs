// A program that fails, recorded with the variables of the calls that its exception left; then what
// `breadcrumb show` says of it.
//
//     node examples/locals/main.mjs [store]
import { spawnSync } from "node:child_process";
import { join } from "node:path";

const root = join(import.meta.dirname, "../..");
const store = process.argv[2] ?? join(import.meta.dirname, ".breadcrumb");
const env = { ...process.env, NO_COLOR: "1" };

function breadcrumb(...args) {
  const words = [join(root, "dist/cli.js"), ...args];
  return spawnSync(process.execPath, words, { cwd: root, env, encoding: "utf8" }).stdout;
}

breadcrumb("run", "--locals", "--quiet", "--store", store, "examples/locals/program.js");
process.stdout.write(breadcrumb("show", "--store", store, "latest"));
