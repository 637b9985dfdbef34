/**
 * Processor time of a scan of a store's files beside one of a native DuckDB file, by one thread and by
 * turns, which holds on a busy machine too:
 *
 *     node scan.ts <store> <file> <SQL over calls>   → JSON of { store: ms[], native: ms[] }, ascending
 *
 * Limits: the store must be merged, and its replaced segments be gone.
 */
import { DuckDBInstance } from "@duckdb/node-api";

const [store = "", file = "", sql = ""] = process.argv.slice(2);
const TURNS = 7;
const THREADS = { threads: "1" };

const own = await (await DuckDBInstance.create(":memory:", THREADS)).connect();
const files = `${store}/segments/*/*-calls.parquet`.replaceAll("'", "''");
await own.run(`CREATE VIEW calls AS FROM read_parquet('${files}', hive_partitioning = false)`);
const readOnly = { ...THREADS, access_mode: "READ_ONLY" };
const native = await (await DuckDBInstance.create(file, readOnly)).connect();

const ms = { store: [] as number[], native: [] as number[] };
for (let turn = 0; turn <= TURNS; turn++) {
  for (const [name, connection] of [["store", own] as const, ["native", native] as const]) {
    const begun = process.cpuUsage();
    await (await connection.run(sql)).getRows();
    const { user, system } = process.cpuUsage(begun);
    // The first turn warms up.
    if (turn > 0) ms[name].push((user + system) / 1000);
  }
}
for (const times of Object.values(ms)) times.sort((a, b) => a - b);
console.log(JSON.stringify(ms));
