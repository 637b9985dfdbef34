/**
 * `npm run fuzz`: installs and builds what is missing, then runs `__test__/fuzz/main.ts` on the
 * pinned Node, which takes the arguments.
 */
import { ensureAll } from "./ensure.mjs";
import { pinnedNode } from "./node-versions.mjs";
import { main, step } from "./step.mjs";

await main(async () => {
  await ensureAll();
  const args = ["__test__/fuzz/main.ts", ...process.argv.slice(2)];
  await step("compare generated programs", [pinnedNode(), ...args], { show: true });
});
