/**
 * Checks what has to be on the machine before anything can be built: Node, npm, Rust, a C compiler.
 * Plain Node 20, no dependencies.
 */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "./step.mjs";

const MIN_NODE = [20, 19];

/** What is missing, one sentence each with what to do about it; empty if nothing is. */
export function missingTools() {
  const missing = [];
  const node = process.versions.node.split(".").map(Number);
  if (node[0] < MIN_NODE[0] || (node[0] === MIN_NODE[0] && node[1] < MIN_NODE[1])) {
    missing.push(
      `Node ${MIN_NODE.join(".")} or newer (this is ${process.version}): https://nodejs.org/`,
    );
  }
  if (version("npm") === undefined) missing.push("npm (it comes with Node): https://nodejs.org/");
  const wanted = rustVersion();
  const rust = /rustc (\d+)\.(\d+)/.exec(version("rustc") ?? "");
  if (rust === null || version("cargo") === undefined) {
    missing.push(`Rust ${wanted.join(".")} or newer: https://rustup.rs/`);
  } else if (
    Number(rust[1]) < wanted[0] ||
    (Number(rust[1]) === wanted[0] && Number(rust[2]) < wanted[1])
  ) {
    missing.push(
      `Rust ${wanted.join(".")} or newer (this is ${rust[1]}.${rust[2]}): run \`rustup update\``,
    );
  }
  if (process.platform !== "win32" && version("cc") === undefined) {
    missing.push(
      process.platform === "darwin"
        ? "a C compiler, for the zstd library: run `xcode-select --install`"
        : "a C compiler, for the zstd library: install gcc or clang (`apt install build-essential`)",
    );
  }
  return missing;
}

/** Ends the process with a list of what is missing, if anything is. */
export function requireToolchain() {
  const missing = missingTools();
  if (missing.length === 0) return;
  console.error(
    `✗ Breadcrumb cannot be built here. Missing:\n${missing.map((line) => `  - ${line}`).join("\n")}`,
  );
  process.exit(1);
}

/** `rust-version` of the workspace. */
function rustVersion() {
  const text = readFileSync(join(ROOT, "Cargo.toml"), "utf8");
  const found = /^rust-version = "(\d+)\.(\d+)/m.exec(text);
  if (found === null) throw new Error("Cargo.toml names no rust-version");
  return [Number(found[1]), Number(found[2])];
}

/** What `<tool> --version` prints, or undefined if there is no such tool. */
function version(tool) {
  const result = spawnSync(tool, ["--version"], {
    encoding: "utf8",
    shell: process.platform === "win32",
  });
  return result.status === 0 ? result.stdout : undefined;
}
