/**
 * `npm run build:ts`: bundles `ts/` with tsup. The new `dist/` takes the place of the old one only
 * when it is whole: a failed build leaves the old one as it was.
 */
import { renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { main, ROOT, step } from "./step.mjs";

const DIST = join(ROOT, "dist");
const NEW = join(ROOT, "target/dist");
const OLD = join(ROOT, "target/dist-old");

await main(async () => {
  for (const folder of [NEW, OLD]) rmSync(folder, { recursive: true, force: true });
  await step("tsup", ["npx", "tsup", "--silent", "--out-dir", NEW]);
  try {
    renameSync(DIST, OLD);
  } catch (error) {
    if (error.code !== "ENOENT") throw error;
  }
  renameSync(NEW, DIST);
  rmSync(OLD, { recursive: true, force: true });
});
