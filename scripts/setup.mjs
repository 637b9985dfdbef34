/** `npm run setup`: checks the toolchain and installs the dependencies. */
import { ensureInstalled } from "./ensure.mjs";
import { main } from "./step.mjs";
import { requireToolchain } from "./toolchain.mjs";

await main(async () => {
  requireToolchain();
  await ensureInstalled();
});
