/**
 * `npm run quickstart`: from a fresh clone to a recorded program. Checks the toolchain, installs,
 * builds, records `examples/quickstart/site.js` with its template engine, and shows the recording.
 */
import { spawnSync } from "node:child_process";
import { ensureAll } from "./ensure.mjs";
import { pinnedNode } from "./node-versions.mjs";
import { main, ROOT } from "./step.mjs";

const PROGRAM = "examples/quickstart/site.js";
const INCLUDE = "examples/quickstart/**,npm:handlebars";
/** The trace with the most calls of the newest run. */
const LARGEST_TRACE = `
  SELECT trace_id FROM calls WHERE run_id = (SELECT run_id FROM runs ORDER BY started_at DESC LIMIT 1)
  GROUP BY trace_id ORDER BY count(*) DESC LIMIT 1`;

await main(async () => {
  await ensureAll();
  say("Record a program: a static site built from Markdown; one post is broken on purpose.");
  breadcrumb(["run", "--include", INCLUDE, "--", pinnedNode(), PROGRAM]);
  const answer = breadcrumb(["query", "--json", LARGEST_TRACE], { quiet: true });
  const { rows } = JSON.parse(answer);
  say("Its largest trace: calls as a tree, with arguments, results and times.");
  breadcrumb(["show", rows[0].trace_id, "--depth", "5", "--width", "8"]);
  say("What took the time.");
  breadcrumb(["top", "--run", "latest", "--limit", "10", "--quiet"]);
  say("What was thrown.");
  breadcrumb(["exceptions", "--run", "latest"]);
  console.log("\nThe recording is in .breadcrumb. More: node dist/cli.js --help");
});

/** Runs the CLI, prints the command, and returns what it printed if `quiet`. */
function breadcrumb(args, { quiet = false } = {}) {
  if (!quiet) console.log(`$ breadcrumb ${args.map(quoted).join(" ")}`);
  const result = spawnSync(pinnedNode(), ["dist/cli.js", ...args], {
    cwd: ROOT,
    encoding: "utf8",
    stdio: quiet ? ["ignore", "pipe", "inherit"] : "inherit",
  });
  if (result.status !== 0) {
    throw new Error(`breadcrumb ${args[0]} ended with ${result.status ?? result.signal}`);
  }
  return result.stdout;
}

function quoted(arg) {
  if (arg === pinnedNode()) return "node";
  return /^[\w./:-]+$/.test(arg) ? arg : `'${arg}'`;
}

function say(text) {
  console.log(`\n${text}`);
}
