/**
 * `npm run test:engines`: stores read by DuckDB, ClickHouse, Spark and pyarrow, with no help from us,
 * against our own API. Each engine is one file here, which docs/engines.md shows.
 */
import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { nodeBinary, PINNED } from "../../scripts/node-versions.mjs";
import { type JsonValue, openStore } from "../../ts/query/index";
import { sampleStore } from "../query/support/sample-store";
import { call, functionSums, NOON_NS, type StoreWriter } from "../query/support/store-writer";

const ROOT = join(import.meta.dirname, "../..");
const ENGINES = ["duckdb", "chdb", "spark", "pyarrow"] as const;
/** Rows of the store that `crates/store` makes. */
const SAMPLE_ROWS = 30_000;
/** Python with the packages of `requirements.txt`: `scripts/test-engines.mjs` says where. */
const PYTHON = process.env["BREADCRUMB_ENGINES_PYTHON"] ?? "";

/** Our API's answers to what the engines are asked. */
const QUESTIONS: Readonly<Record<string, string>> = {
  totals: `
    SELECT count(*), count(DISTINCT function), count(DISTINCT run_id), sum(duration_ns),
      sum(self_ns), sum(wait_ns), max(depth) FROM calls`,
  nulls: `
    SELECT count(*) - count(parent_id), count(*) - count(duration_ns),
      count(*) - count(exception_id), count(*) - count(arguments), count(*) - count(result)
    FROM calls`,
  values: `
    SELECT count(DISTINCT arguments), sum(strlen(arguments)),
      count(DISTINCT result), sum(strlen(result)) FROM calls`,
  times: `
    SELECT epoch_ns(min(started_at)), epoch_ns(max(started_at)),
      sum(epoch_ns(started_at) % 1000000) FROM calls`,
  by_function: `
    SELECT function, file, line, status, count(*), sum(self_ns), max(duration_ns)
    FROM calls GROUP BY ALL ORDER BY ALL`,
  first_argument: `
    SELECT arguments->>0 AS first, count(*) FROM calls
    WHERE json_type(arguments, '$[0]') = 'VARCHAR' GROUP BY first ORDER BY first`,
  exceptions: `
    SELECT name, message, handled, count(*), sum(calls), min(epoch_ns(thrown_at))
    FROM exceptions GROUP BY ALL ORDER BY ALL`,
  sums: "SELECT sum(calls), sum(errors), sum(open), sum(total_ns), max(max_ns) FROM functions",
};

const folder = mkdtempSync(join(tmpdir(), "breadcrumb-engines-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe.each([
  ["a program's", programStore],
  ["the Rust writer's sample", rustSample],
  ["one with segments of an older version", mixedStore],
])("%s store", (_, make) => {
  let dir: string;
  let expected: Readonly<Record<string, string[][]>>;
  beforeAll(async () => {
    dir = await make();
    expected = await ourAnswers(dir);
  });

  test("has something to compare", () => {
    for (const name of Object.keys(QUESTIONS)) {
      expect(expected[name]?.flat().some((cell) => cell !== "0" && cell !== "null")).toBe(true);
    }
  });

  test.each(ENGINES)("is read by %s", (engine) => {
    const script = join(import.meta.dirname, `read_with_${engine}.py`);
    const { status, stdout, stderr } = spawnSync(PYTHON, [script, dir], {
      encoding: "utf8",
      maxBuffer: 2 ** 28,
    });
    expect(status, stderr).toBe(0);
    const answers = parseExactly(stdout.trim().split("\n").at(-1) ?? "");
    for (const [name, rows] of Object.entries(expected)) {
      expect({ [name]: answers[name] }).toEqual({ [name]: rows });
    }
  });
});

describe("docs/engines.md", () => {
  const page = readFileSync(join(ROOT, "docs/engines.md"), "utf8");

  test.each(ENGINES)("shows the file for %s", (engine) => {
    const code = readFileSync(join(import.meta.dirname, `read_with_${engine}.py`), "utf8");
    expect(page).toContain(`\`\`\`python\n${code}\`\`\``);
  });
});

/** Both sums of a function, by SQL and by `stats()`, and every answer as text. */
async function ourAnswers(dir: string): Promise<Readonly<Record<string, string[][]>>> {
  await using store = await openStore(dir);
  const answers: Record<string, string[][]> = {};
  for (const [name, query] of Object.entries(QUESTIONS)) {
    const { rows, columns } = await store.sql(query);
    answers[name] = rows.map((row) => columns.map(({ name: cell }) => cellText(row[cell])));
  }
  expect(store.problems()).toEqual([]);
  const stats = await store.stats();
  const [total] = answers["totals"] as [string[]];
  expect(String(stats.reduce((sum, each) => sum + each.calls, 0))).toBe(total[0]);
  expect(String(stats.reduce((sum, each) => sum + each.selfNs, 0))).toBe(total[4]);
  return answers;
}

function cellText(value: JsonValue | undefined): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

async function programStore(): Promise<string> {
  const dir = join(folder, "program");
  const program = join(folder, "program.mjs");
  cpSync(join(import.meta.dirname, "program.mjs"), program);
  const args = [join(ROOT, "dist/cli.js"), "run", "--quiet", "--store", dir, program];
  // In two runs, so that there is more than one segment.
  for (const _ of [1, 2]) execFileSync(nodeBinary(PINNED), args, { cwd: folder, stdio: "inherit" });
  expect(readdirSync(join(dir, "runs")).length).toBe(2);
  return dir;
}

async function rustSample(): Promise<string> {
  const dir = join(folder, "rust");
  const args = "run --quiet --package breadcrumb-store --example sample_store --".split(" ");
  execFileSync("cargo", [...args, dir, String(SAMPLE_ROWS)], { cwd: ROOT, maxBuffer: 2 ** 28 });
  return dir;
}

async function mixedStore(): Promise<string> {
  const { dir, writer } = await sampleStore();
  await addOldSegment(writer);
  writer.close();
  return dir;
}

async function addOldSegment(writer: StoreWriter): Promise<void> {
  writer.run({ runId: "r1" });
  await writer.segment({
    runId: "r1",
    schemaVersion: 1,
    calls: [1, 2, 3].map((id) =>
      call({ call_id: id, function: "old", started_at: NOON_NS + BigInt(id) }),
    ),
    functions: [functionSums({ function: "old" }, [1000, 1000, 1000])],
  });
}

/** JSON in which every number is its own text: nanoseconds since 1970 are beyond 2^53. */
function parseExactly(text: string): Record<string, string[][]> {
  return JSON.parse(text, (_key, value: unknown, context?: { source?: string }) =>
    value === null || typeof value === "number" ? (context?.source ?? "null") : value,
  ) as Record<string, string[][]>;
}
