/**
 * `npm run build:ts`: bundles `ts/` with tsup. The new `dist/` takes the place of the old one only
 * when it is whole: a failed build leaves the old one as it was.
 */
import { readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { main, ROOT, step } from "./step.mjs";

const DIST = join(ROOT, "dist");
const NEW = join(ROOT, "target/dist");
const OLD = join(ROOT, "target/dist-old");

await main(async () => {
  for (const folder of [NEW, OLD]) rmSync(folder, { recursive: true, force: true });
  await step("tsup", ["npx", "tsup", "--silent", "--out-dir", NEW]);
  for (const name of readdirSync(NEW)) {
    if (name.endsWith(".d.ts")) exportTypesAsTypes(join(NEW, name));
  }
  try {
    renameSync(DIST, OLD);
  } catch (error) {
    if (error.code !== "ENOENT") throw error;
  }
  renameSync(NEW, DIST);
  rmSync(OLD, { recursive: true, force: true });
});

/**
 * The bundler of types exports a class as a value even where the source says `export type`. What
 * the JavaScript beside it does not export becomes a type again.
 */
function exportTypesAsTypes(file) {
  let code;
  try {
    code = readFileSync(file.replace(/\.d\.ts$/, ".js"), "utf8");
  } catch {
    return; // Types that several entries share.
  }
  const names = /^0 && \(module\.exports = \{([^}]*)\}\);$/m.exec(code)?.[1] ?? "";
  const values = new Set(names.split(",").map((name) => name.trim()));
  const types = readFileSync(file, "utf8");
  const split = types.replace(/^export \{([^}]*)\};$/m, (statement, list) => {
    const exported = list.split(",").map((name) => name.trim());
    const kept = exported.filter((each) => values.has(each.split(" as ").at(-1)));
    const only = exported.filter((each) => !kept.includes(each));
    if (only.length === 0) return statement;
    return `export { ${kept.join(", ")} };\nexport type { ${only.join(", ")} };`;
  });
  writeFileSync(file, split);
}
