/**
 * `npm run bench`: installs and builds what is missing, then runs `__test__/bench/main.ts` on the
 * pinned Node, which takes the arguments. Words in front of them name benches of a part instead:
 * `npm run bench -- redact`.
 */
import { ensureAll } from "./ensure.mjs";
import { pinnedNode } from "./node-versions.mjs";
import { main, step } from "./step.mjs";

/** Benches of parts. */
const PARTS = {
  redact: ["cargo", "bench", "--quiet", "--package", "breadcrumb-redact", "--bench", "throughput"],
};

await main(async () => {
  const args = process.argv.slice(2);
  const end = args.findIndex((word) => !Object.hasOwn(PARTS, word));
  const parts = end < 0 ? args : args.slice(0, end);
  for (const part of parts) await step(`measure ${part}`, PARTS[part], { show: true });
  if (parts.length > 0) return;
  await ensureAll();
  await step("measure", [pinnedNode(), "__test__/bench/main.ts", ...args], { show: true });
});
