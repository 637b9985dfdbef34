/**
 * `npm run lint`: every check that needs no program to run. All of them run, then the failed ones
 * are named. `npm run fix` (`--fix`) mends what can be mended by itself first.
 */
import { ensureInstalled } from "./ensure.mjs";
import { main, step } from "./step.mjs";

/** What mends itself. */
const FIXES = [
  ["generate sources", ["npm", "run", "--silent", "gen"]],
  ["generate documents", ["npm", "run", "--silent", "docs"]],
  ["format Rust", ["cargo", "fmt", "--all"]],
  ["fix TypeScript (oxlint)", ["npx", "oxlint", "--fix"]],
  ["format TypeScript (oxfmt)", ["npx", "oxfmt"]],
];
/** What has to hold. */
const CHECKS = [
  ["check that generated files are fresh", ["npm", "run", "--silent", "gen", "--", "--check"]],
  ["check that generated documents are fresh", ["npm", "run", "--silent", "docs", "--", "--check"]],
  ["check the format of Rust (rustfmt)", ["cargo", "fmt", "--all", "--check"]],
  ["check the format of TypeScript (oxfmt)", ["npx", "oxfmt", "--check"]],
  ["lint TypeScript (oxlint)", ["npx", "oxlint"]],
  ["check types (tsc)", ["npx", "tsc"]],
  [
    "check the repository's own rules (tidy)",
    ["npx", "vitest", "run", "--project", "unit", "__test__/tidy.test.ts"],
  ],
  [
    "lint Rust (clippy)",
    ["cargo", "clippy", "--workspace", "--all-targets", "--quiet", "--", "-D", "warnings"],
  ],
];

await main(async () => {
  await ensureInstalled();
  if (process.argv.includes("--fix")) {
    for (const [title, command] of FIXES) await step(title, command);
  }
  const failed = [];
  for (const [title, command] of CHECKS) {
    await step(title, command).catch(() => failed.push(title));
  }
  if (failed.length > 0) throw new Error(`lint: ${failed.join("; ")}`);
});
