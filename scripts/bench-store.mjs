/**
 * `npm run bench:store`: installs and builds what is missing, then runs
 * `__test__/bench/store/main.ts` on the pinned Node, which takes the arguments.
 */
import { ensureAll } from "./ensure.mjs";
import { pinnedNode } from "./node-versions.mjs";
import { main, step } from "./step.mjs";

await main(async () => {
  await ensureAll();
  const args = ["__test__/bench/store/main.ts", ...process.argv.slice(2)];
  await step("measure a store", [pinnedNode(), ...args], { show: true });
});
