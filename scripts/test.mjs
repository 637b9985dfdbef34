/**
 * `npm test`: installs and builds what is missing, then runs the tests of Rust, of TypeScript and
 * of types. `--matrix` runs programs under test on every supported Node and instruments every file
 * of the installed packages, `--only e2e` runs the tests that install the packed package elsewhere.
 */
import { ensureAll } from "./ensure.mjs";
import { MATRIX } from "./node-versions.mjs";
import { main, step } from "./step.mjs";

await main(async () => {
  await ensureAll();
  const env = { ...process.env };
  if (process.argv.includes("--matrix")) {
    env["BREADCRUMB_TEST_NODES"] = MATRIX.join(",");
    env["BREADCRUMB_PACKAGES"] = "full";
  }
  if (process.argv.includes("--only")) {
    const project = process.argv[process.argv.indexOf("--only") + 1];
    await step(`test ${project}`, ["npx", "vitest", "run", "--project", project], {
      show: true,
      env,
    });
    return;
  }
  const rust = await step("test Rust (cargo test)", ["npm", "run", "--silent", "test:rust"], {
    env,
  });
  console.log(`  ${passed(rust)} tests of Rust passed`);
  await step("test TypeScript (vitest)", ["npm", "run", "--silent", "test:ts"], {
    show: true,
    env,
  });
  await step("test types (tsc)", ["npm", "run", "--silent", "test:types"]);
});

/** Sum of the tests that cargo's summaries count as passed. */
function passed(output) {
  let sum = 0;
  for (const match of output.matchAll(/^test result: ok\. (\d+) passed/gm)) sum += Number(match[1]);
  return sum;
}
