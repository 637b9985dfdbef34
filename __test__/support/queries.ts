/**
 * Programs that ask databases: what is recorded of their queries, which they must not see.
 *
 *     const { queries } = await askedUnseen(node, "mysql2.query", "npm:mysql2", { "main.js": … });
 *     // [["load", "SELECT 1", 0, { command: "SELECT", rows: 1 }], …]
 */
import { join } from "node:path";
import { expect } from "vitest";
import { openStore, type Store } from "../../ts/query/index";
import { record } from "./asking";
import { project, run } from "./program";

/** A query: the function that asks, the SQL, how many parameters, and what came of it: its result, or "threw". */
export type Query = readonly [
  asker: string | undefined,
  sql: unknown,
  parameters: unknown,
  came: unknown,
];

/** The queries of a recording, in their order. */
async function queriesOf(store: Store): Promise<Query[]> {
  const { items: spans } = await store.calls({ backend: "span", limit: 1000 });
  const { items: all } = await store.calls({ limit: 10_000 });
  const names = new Map(all.map((call) => [call.callId, call.function]));
  return spans
    .toSorted((a, b) => a.callId - b.callId)
    .map(({ parentId, arguments: given, status, result }) => {
      const asker = names.get(parentId ?? -1)?.replace(/^<anonymous in (.*)>$/, "$1");
      const [sql, parameters] = given as [unknown, unknown];
      return [asker, sql, parameters, status === "returned" ? result : status];
    });
}

/** Runs a program without and with a recording: it must print the same. Its spans are all of this name and file. */
export async function askedUnseen(
  node: string,
  name: string,
  file: string,
  files: Readonly<Record<string, string>>,
) {
  const main = "main.mjs" in files ? "main.mjs" : "main.js";
  const plain = run(node, [main], project(files));
  expect(plain).toMatchObject({ status: 0, stderr: "" });
  const { store: opened, stdout } = await record(node, files, "--edges", "sql", "--");
  await using store = opened;
  expect(stdout).toBe(plain.stdout);
  const { rows } = await store.sql(
    "SELECT DISTINCT function, file FROM calls WHERE backend = 'span'",
  );
  expect(rows).toEqual([{ function: name, file }]);
  const { items: exceptions } = await store.exceptions();
  return {
    stdout,
    queries: await queriesOf(store),
    messages: exceptions.map(({ message }) => message),
  };
}

/** Runs a program that records itself, into `.breadcrumb`, but for its own files, which are there before. */
export async function started(node: string, files: Readonly<Record<string, string>>) {
  const folder = project(files);
  expect(run(node, ["main.js"], folder)).toMatchObject({ status: 0 });
  await using store = await openStore(join(folder, ".breadcrumb"));
  return { queries: await queriesOf(store) };
}
