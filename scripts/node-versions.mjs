/**
 * Finds the Node binaries that tests use: the pinned one, on which npm scripts, vitest and tsup
 * run, and those that programs under test run on.
 *
 *     node scripts/node-versions.mjs          # lists them
 *
 * The versions besides the pinned one are packages of `__test__/node-versions`, which exist for
 * Linux on x64. Elsewhere `NODE20`, `NODE22` and `NODE26` in the environment name binaries; a
 * version that cannot be found is an error, never a test left out.
 */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "./step.mjs";

/** The version that the dev-dependency `node` pins. */
export const PINNED = 24;
/** Every version that Breadcrumb supports. */
export const MATRIX = [20, 22, 24, 26];
/** The versions that `npm test` runs programs on. */
export const SMALL = [20, PINNED];

/** Path of the pinned Node, or undefined if it is not installed. */
export function pinnedNode() {
  return existing([
    join(ROOT, "node_modules/node/bin/node"),
    join(ROOT, "node_modules/node/bin/node.exe"),
  ]);
}

/**
 * Path of the newest Node of a major version.
 *
 * @param {number} major one of MATRIX
 * @returns {string}
 */
export function nodeBinary(major) {
  const named = process.env[`NODE${major}`];
  const candidates = [
    ...(named === undefined ? [] : [named]),
    ...(major === PINNED ? [pinnedNode() ?? ""] : []),
    join(ROOT, `node_modules/node${major}/bin/node`),
    join(ROOT, `__test__/node-versions/node_modules/node${major}/bin/node`),
  ];
  const found = existing(candidates);
  if (found !== undefined) return found;
  if (Number(process.versions.node.split(".")[0]) === major) return process.execPath;
  throw new Error(
    `no Node ${major} here: run \`npm install\`, or set NODE${major} to a binary of that version`,
  );
}

/** The versions to test on: `BREADCRUMB_TEST_NODES=20,22` or the small set. */
export function testedVersions() {
  const named = process.env["BREADCRUMB_TEST_NODES"];
  return named === undefined ? SMALL : named.split(",").map(Number);
}

function existing(paths) {
  return paths.find((path) => path !== "" && existsSync(path));
}

if (process.argv[1] === import.meta.filename) {
  for (const major of MATRIX) {
    const binary = nodeBinary(major);
    const version = spawnSync(binary, ["--version"], { encoding: "utf8" }).stdout.trim();
    console.log(`${version}  ${binary}`);
  }
}
