/**
 * The same questions to a native DuckDB file with the same rows, in a process of its own:
 *
 *     node native.ts <store> <file> <JSON of [sql, …parameters][]>   → JSON of ms
 *
 * The file is made by `store.export()` where there is none.
 */
import { DuckDBInstance } from "@duckdb/node-api";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { resolve } from "node:path";
import type * as Query from "../../../ts/query/index.ts";

const [dir = "", file = "", questions = "[]"] = process.argv.slice(2);
const query = resolve(import.meta.dirname, "../../../dist/query.js");
const { openStore } = createRequire(import.meta.url)(query) as typeof Query;

if (!existsSync(file)) {
  await using store = await openStore(dir);
  await store.export({ to: file, format: "duckdb" });
}
const instance = await DuckDBInstance.create(file, { access_mode: "READ_ONLY" });
const connection = await instance.connect();
const fewest: number[] = [];
for (const [sql = "", ...parameters] of JSON.parse(questions) as string[][]) {
  const times: number[] = [];
  for (let i = 0; i < 5; i++) {
    const begun = performance.now();
    await (await connection.run(sql, parameters)).getRows();
    times.push(performance.now() - begun);
    if ((times[0] as number) > 10_000) break;
  }
  fewest.push(Math.min(...times));
}
console.log(JSON.stringify(fewest));
