/** `npm run ready`: everything that CI does, except that the tree may have changes. */
import { main, step } from "./step.mjs";

/** In the order in which they are likely to fail. */
const STEPS = ["lint", "test", "test:e2e", "test:conformance"];

await main(async () => {
  for (const name of STEPS) await step(`npm run ${name}`, ["npm", "run", name], { show: true });
});
