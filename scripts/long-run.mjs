/**
 * `npm run test:long-run`: installs and builds what is missing, then runs `__test__/long-run/main.ts` on
 * the pinned Node, which takes the arguments.
 */
import { ensureAll } from "./ensure.mjs";
import { pinnedNode } from "./node-versions.mjs";
import { main, step } from "./step.mjs";

await main(async () => {
  await ensureAll();
  const args = ["__test__/long-run/main.ts", ...process.argv.slice(2)];
  await step("measure memory under load", [pinnedNode(), ...args], { show: true });
});
