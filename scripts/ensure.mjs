/**
 * Installs and builds what is missing or older than its sources. Plain Node 20, no dependencies.
 */
import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { pinnedNode } from "./node-versions.mjs";
import { ROOT, step } from "./step.mjs";
import { requireToolchain } from "./toolchain.mjs";

/** Installs the dependencies of the lock if they are not there as it says. */
export async function ensureInstalled() {
  const marker = join(ROOT, "node_modules/.package-lock.json");
  if (modified([marker]) < modified(["package.json", "package-lock.json"].map(inRoot))) {
    await step("install dependencies (npm install)", ["npm", "install", "--loglevel=error"]);
    if (pinnedNode() === undefined) {
      throw new Error(
        "npm did not run the install script of the package `node`: run `npm install` with scripts allowed",
      );
    }
  }
}

/** Builds the addon and `dist/` if they are missing or stale. */
export async function ensureBuilt() {
  await ensureNative();
  const sources = ["ts", "tsup.config.mts", "tsconfig.json", "package.json"].map(inRoot);
  if (modified([inRoot("dist/index.js"), inRoot("dist/index.d.ts")]) < modified(sources)) {
    await step("bundle TypeScript (tsup)", ["npm", "run", "build:ts"]);
  }
}

async function ensureNative() {
  const sources = ["crates", "Cargo.toml", "Cargo.lock"].map(inRoot);
  const addon = readdirSync(ROOT).find((name) => name.endsWith(".node"));
  if (addon !== undefined && modified([inRoot(addon)]) >= modified(sources)) return;
  await step("build the addon (Rust, release; minutes when cold)", ["npm", "run", "build:native"]);
}

/** Everything that anything else needs: tools, dependencies, addon, bundle. */
export async function ensureAll() {
  requireToolchain();
  await ensureInstalled();
  await ensureBuilt();
}

function inRoot(path) {
  return join(ROOT, path);
}

/**
 * Newest time of change below the paths, ms; 0 as soon as one of them does not exist. Generated
 * sources are no sources: writing them must not make a build stale.
 */
function modified(paths) {
  let newest = 0;
  for (const path of paths) {
    if (!existsSync(path)) return 0;
    const stat = statSync(path);
    const below = stat.isDirectory()
      ? modified(
          readdirSync(path)
            .filter((name) => !/^(target|node_modules|tests|benches)$|\.snap|\.d\.ts$/.test(name))
            .map((name) => join(path, name)),
        )
      : stat.mtimeMs;
    newest = Math.max(newest, below);
  }
  return newest;
}
