import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openStore, type SqlOptions, type Store } from "../../ts/query/index";
import { nodes, packageRoot, project, run } from "../support/program";
import { BOMBS, TIME, writtenOut } from "./sql-bombs";
import { sampleStore } from "./support/sample-store";

const MEMORY_BYTES = 256 * 2 ** 20;
/** What a process of Node and DuckDB takes, and what is taken between two looks. */
const BESIDE_BYTES = 1.25 * 2 ** 30;
const LIMITS: SqlOptions = { maxMemoryBytes: MEMORY_BYTES, maxBytes: 1_000_000 };
/** What is given to a query that may end for the time that it takes. */
const TIMEOUT_MS = 300;
/** Runs until it is stopped. */
const ENDLESS =
  "SELECT count(*) FROM range(10000000) a, range(10000000) b WHERE a.range + b.range = -1";
/** As `ENDLESS`, in one call of a function, which looks at no interruption. */
const DEAF = "SELECT levenshtein(repeat('a', 200000), repeat('b', 200000))";

let store: Store;
let dir: string;
beforeAll(async () => {
  ({ dir } = await sampleStore());
  store = await openStore(dir);
});
afterAll(() => store.close());

describe("refuses what goes beyond a limit, and answers on", () => {
  test.each(BOMBS)("$sql", async ({ sql, says, ...limits }) => {
    const time = says === undefined || says === TIME ? { timeoutMs: TIMEOUT_MS } : {};
    const error: unknown = await store
      .sql(writtenOut(sql), [], { ...LIMITS, ...limits, ...time })
      .catch((e: unknown) => e);
    expect(error).toMatchObject({
      code: "BC_ERR_SQL_LIMIT",
      message: expect.stringMatching(/^[^\n]+$/),
    });
    if (says) expect((error as Error).message).toMatch(says);
    expect((await store.sql("SELECT count(*) AS n FROM calls", [], LIMITS)).rows[0]!["n"]).toBe(9);
  });

  test("in bounded memory", async () => {
    const before = process.memoryUsage.rss();
    let most = 0;
    const looks = setInterval(() => {
      for (const pid of children()) most = Math.max(most, residentBytes(pid));
    }, 5);
    const bombs = BOMBS.filter(({ sql }) =>
      /repeat\('x', 3|list_resize|flatten|list_sort|ORDER BY/.test(sql),
    );
    expect(bombs.length).toBeGreaterThan(3);
    for (const { sql } of bombs) {
      await expect(store.sql(writtenOut(sql), [], LIMITS)).rejects.toMatchObject({
        code: "BC_ERR_SQL_LIMIT",
      });
    }
    clearInterval(looks);
    expect(most).toBeGreaterThan(0);
    expect(most).toBeLessThan(MEMORY_BYTES + BESIDE_BYTES);
    expect(process.memoryUsage.rss() - before).toBeLessThan(BESIDE_BYTES);
  });
});

describe("a signal", () => {
  test.each([ENDLESS, DEAF])("ends %s", async (sql) => {
    const controller = new AbortController();
    const answer = store.sql(sql, [], { signal: controller.signal });
    await expect.poll(() => busyChildren(), { timeout: 20_000 }).toBeGreaterThan(0);
    controller.abort(new RangeError("enough"));
    await expect(answer).rejects.toThrow(new RangeError("enough"));
    await expect.poll(() => busyChildren(), { timeout: 20_000 }).toBe(0);
    expect((await store.sql("SELECT 1 AS one")).rows).toEqual([{ one: 1 }]);
  });

  test("ends a query that waits for its turn", async () => {
    const first = new AbortController();
    const second = new AbortController();
    const running = [1, 2].map(() => store.sql(ENDLESS, [], { signal: first.signal }));
    const waiting = store.sql("SELECT 1", [], { signal: second.signal });
    second.abort();
    await expect(waiting).rejects.toMatchObject({ name: "AbortError" });
    const next = store.sql("SELECT 2 AS two");
    first.abort();
    for (const each of running) await expect(each).rejects.toMatchObject({ name: "AbortError" });
    expect((await next).rows).toEqual([{ two: 2 }]);
  });

  test("that came before starts nothing", async () => {
    const signal = AbortSignal.abort();
    await expect(store.sql("SELECT 1", [], { signal })).rejects.toMatchObject({
      name: "AbortError",
    });
    await expect(
      store.sql("SELECT 1", [], { signal: {} as unknown as AbortSignal }),
    ).rejects.toMatchObject({ code: "BC_ERR_BAD_OPTION" });
  });
});

test("closing the store ends its queries", async () => {
  const other = await openStore(dir);
  const queries = [1, 2, 3].map(() => other.sql(ENDLESS));
  for (const query of queries) query.catch(() => undefined);
  await other.close();
  for (const query of queries) {
    await expect(query).rejects.toMatchObject({ code: "BC_ERR_STOPPED" });
  }
});

test("an error that says the database is lost disturbs no other question", async () => {
  const sql = "SELECT error('FATAL Error: database has been invalidated') FROM calls";
  const calls = Array.from({ length: 5 }, () => store.calls({ limit: 3 }));
  await expect(store.sql(sql)).rejects.toMatchObject({ code: "BC_ERR_BAD_SQL" });
  expect((await Promise.all(calls)).map(({ items }) => items.length)).toEqual([3, 3, 3, 3, 3]);
  expect(store.problems()).toEqual([]);
});

test.each(nodes)("a program on %s that closes nothing ends, and its process with it", (_, node) => {
  const folder = project({
    "main.mjs": `
      import { openStore } from "breadcrumb-tracer/query";
      const store = await openStore(${JSON.stringify(dir)});
      const { rows } = await store.sql("SELECT count(*) AS n FROM calls");
      console.log(rows[0].n);
      store.sql(${JSON.stringify(ENDLESS)}, [], { timeoutMs: 300 }).catch((e) => console.log(e.code));`,
  });
  const env = { NODE_OPTIONS: `--require ${join(packageRoot, "dist/register.js")}` };
  const { stdout, status } = run(node, ["main.mjs"], folder, env);
  expect({ stdout, status }).toEqual({ stdout: "9\nBC_ERR_SQL_LIMIT\n", status: 0 });
});

/** The processes that run SQL for this one. */
function children(): number[] {
  return readdirSync("/proc/self/task").flatMap((task) => {
    const text = readText(`/proc/self/task/${task}/children`);
    return text.split(" ").filter(Boolean).map(Number);
  });
}

function residentBytes(pid: number): number {
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(readText(`/proc/${pid}/status`))?.[1] ?? 0) * 1024;
}

/** How many of them have run for a while. */
function busyChildren(): number {
  return children().filter((pid) => {
    const fields = readText(`/proc/${pid}/stat`).split(") ").at(-1)?.split(" ") ?? [];
    return Number(fields[11]) > 80;
  }).length;
}

function readText(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return ""; // It has ended meanwhile.
  }
}
