/**
 * What the redactor takes out of ordinary values: records the conformance programs, which have no secrets,
 * and counts the hits by rule and place.
 *
 *     node __test__/redaction/main.ts --programs acorn,express
 *     // 32909456 values, 2900 hits
 *     //      2871  token
 *     //      1288  token  scanner.getTokenValue →  "Uint8ClampedArrayConstructor"
 *
 * Arguments: `--programs a,b` (all), `--sample <file>`: writes some of the calls there, which the tests of
 * `crates/redact` look through. Limits: the programs' own tests of secrets count as hits; look at the list.
 */
import { DuckDBInstance } from "@duckdb/node-api";
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { findPrograms, ROOT } from "../conformance/programs.ts";
import { runProgram } from "../conformance/run-program.ts";

/** Programs whose values are made to look like anything. */
const LEFT_OUT = ["hostile"];
/** Lines of the sample from each program, and the longest, bytes. */
const SAMPLE = { lines: 60, bytes: 2000 };

const { values } = parseArgs({
  options: { programs: { type: "string" }, sample: { type: "string" } },
});
const names = values.programs?.split(",");
const folder = mkdtempSync(join(tmpdir(), "redaction-"));
const calls = join(folder, "calls");
const programs = findPrograms()
  .filter(({ name }) => !LEFT_OUT.includes(name))
  .filter(({ name }) => names?.includes(name) ?? true);
const lines: string[] = [];

try {
  for (const program of programs) {
    const store = join(folder, program.name);
    await runProgram(program, {
      node: process.execPath,
      store,
      env: { BREADCRUMB_REDACT: "off" },
    });
    const file = `${calls}-${program.name}.jsonl`;
    await writeCalls(store, file);
    rmSync(store, { recursive: true });
    if (values.sample !== undefined) lines.push(...sampleOf(readFileSync(file, "utf8")));
    console.log(`recorded ${program.name}`);
  }
  if (values.sample === undefined) countHits();
  else writeFileSync(values.sample, `${lines.join("\n")}\n`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** Every different call of a store, and how often it was. */
async function writeCalls(store: string, file: string): Promise<void> {
  const connection = await (await DuckDBInstance.create(":memory:")).connect();
  await connection.run(`COPY (
    SELECT function, parameters, CASE WHEN arguments_json IS NOT NULL THEN arguments_json
        WHEN argument_count = 1 THEN '[' || argument_0 || ']'
        WHEN argument_count = 2 THEN '[' || argument_0 || ',' || argument_1 || ']' ELSE '[]' END AS arguments,
      coalesce(result_json, result_integer::VARCHAR) AS result, count(*) AS times
    FROM read_parquet('${store}/segments/*/*-calls.parquet', union_by_name = true)
    GROUP BY ALL ORDER BY ALL) TO '${file}' (FORMAT json)`);
  connection.closeSync();
}

/** Some lines without a path of this machine: by their hashes, the same each time. */
function sampleOf(text: string): string[] {
  const hash = (line: string): string => createHash("sha256").update(line).digest("hex");
  const own = /\/(?:work|home|root|tmp|Users)\//;
  return text
    .split("\n")
    .filter((line) => line !== "" && line.length <= SAMPLE.bytes && !own.test(line))
    .map((line) => [hash(line), line] as const)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .slice(0, SAMPLE.lines)
    .map(([, line]) => line);
}

function countHits(): void {
  const files = readdirSync(folder).filter((name) => name.endsWith(".jsonl"));
  const cargo = ["run", "--quiet", "--package", "breadcrumb-redact", "--example", "hits", "--"];
  const paths = files.map((name) => join(folder, name));
  const { status } = spawnSync("cargo", [...cargo, ...paths], { cwd: ROOT, stdio: "inherit" });
  if (status !== 0) throw new Error(`cargo ended with ${status}`);
}
