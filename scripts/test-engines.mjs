/**
 * `npm run test:engines`: installs and builds what is missing, then lets other engines read stores and
 * compares what they find with our API (`__test__/engines`).
 *
 * The engines (DuckDB, ClickHouse, Spark, pyarrow; 1.5 GB) are packages of Python, put into a virtual
 * environment of their own: `BREADCRUMB_ENGINES_DIR`, or a folder in the user's cache, one for each
 * version of `requirements.txt`. Spark needs Java 17 or newer.
 */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { ensureAll } from "./ensure.mjs";
import { main, ROOT, step } from "./step.mjs";

const REQUIREMENTS = join(ROOT, "__test__/engines/requirements.txt");
const MIN_JAVA = 17;

await main(async () => {
  requireJava();
  await ensureAll();
  const python = await ensureEngines();
  await step("compare engines", ["npx", "vitest", "run", "--project", "engines"], {
    show: true,
    env: { ...process.env, BREADCRUMB_ENGINES_PYTHON: python },
  });
});

/** Python of the environment, which is made if it is not there. */
async function ensureEngines() {
  const folder = environmentFolder();
  const python = join(folder, process.platform === "win32" ? "Scripts/python.exe" : "bin/python");
  if (existsSync(join(folder, "installed"))) return python;
  rmSync(folder, { recursive: true, force: true });
  await step(`make a virtual environment in ${folder}`, ["python3", "-m", "venv", folder]);
  const pip = [python, "-m", "pip", "install", "--disable-pip-version-check", "--quiet"];
  const command = [...pip, "--requirement", REQUIREMENTS];
  await step("install the engines (pip; 700 MB to download)", command);
  // Written last: without it the environment is not whole.
  writeFileSync(join(folder, "installed"), "");
  return python;
}

function environmentFolder() {
  const named = process.env["BREADCRUMB_ENGINES_DIR"];
  const hash = createHash("sha256").update(readFileSync(REQUIREMENTS)).digest("hex").slice(0, 12);
  const cache = process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache");
  return join(named ?? join(cache, "breadcrumb-tracer"), `engines-${hash}`);
}

function requireJava() {
  const home = process.env["JAVA_HOME"];
  const java = home === undefined ? "java" : join(home, "bin/java");
  const { stderr } = spawnSync(java, ["-version"], { encoding: "utf8" });
  const version = Number(/version "(\d+)/.exec(stderr ?? "")?.[1] ?? 0);
  if (version >= MIN_JAVA) return;
  console.error(
    `✗ Spark needs Java ${MIN_JAVA} or newer (this is ${version || "none"}): ` +
      "`apt install openjdk-17-jre-headless`, or set JAVA_HOME",
  );
  process.exit(1);
}
