/**
 * The two services of `examples/two-services`, each a recorded process that asks PostgreSQL and the other, under overlapping requests:
 * each request is one trace across both, with its queries and requests where they were made.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openStore, type Store, type Trace, type TraceCall } from "../../ts/query/index";
import { missing, type Postgres, startPostgres } from "../support/postgres";
import { cli, nodes, packageRoot } from "../support/program";

const EXAMPLE = join(packageRoot, "examples/two-services");
const SCHEMA = readFileSync(join(EXAMPLE, "schema.sql"), "utf8");

interface Request {
  readonly method: "GET" | "POST";
  readonly path: string;
  /** What is to be recorded of it. */
  readonly tree: string;
}

const sku = (order: number, line: number): string => `sku-${(order + line) % 7}`;
/** Those of these orders, each once. */
const skus = (orders: readonly number[]): string[] => [
  ...new Set(orders.flatMap((order) => [sku(order, 1), sku(order, 2)].toSorted())),
];

const FIND = "SELECT id, customer, state FROM orders WHERE id = $1";
const LINES = "SELECT sku, count FROM lines WHERE order_id = $1 ORDER BY sku";
const LEVELS = "SELECT sku, on_hand FROM stock WHERE sku = ANY($1) ORDER BY sku";
const FORECAST =
  "SELECT sku, on_hand - 3 AS left FROM stock, pg_sleep(0.2) WHERE sku = ANY($1) ORDER BY sku";

/** Of an order, with what is in stock: by `fetch`. */
function show(order: number): Request {
  const path = `/orders/${order}`;
  const asked = `/levels?sku=${skus([order]).join()}`;
  const tree = `
http.server GET ${path} → 200 /orders/:id
  showOrder
    findOrder
      pg.query ${FIND} [1] → SELECT 1
    linesOf
      pg.query ${LINES} [1] → SELECT 2
    askStock
      http.client GET stock${asked} → 200
        ⇢ http.server GET ${asked} → 200 /levels
          showLevels
            levels
              pg.query ${LEVELS} [1] → SELECT 2`;
  return { method: "GET", path, tree };
}

/** Pays for one: a transaction, a request by `node:http`, and one back. */
function pay(order: number): Request {
  const path = `/orders/${order}/payment`;
  const state = `/orders/${order}/state`;
  const reserved = `
            reserve
              pg.query INSERT INTO reservations VALUES ($1, $2, $3) [3] → INSERT 1`;
  const tree = `
http.server POST ${path} → 200 /orders/:id/payment
  payOrder
    pay
      pg.query BEGIN [0] → BEGIN null
      pg.query SELECT state FROM orders WHERE id = $1 FOR UPDATE [1] → SELECT 1
      pg.query UPDATE orders SET state = 'paid' WHERE id = $1 [1] → UPDATE 1
      pg.query COMMIT [0] → COMMIT null
    linesOf
      pg.query ${LINES} [1] → SELECT 2
    reserve
      http.client POST stock/reservations → 201
        ⇢ http.server POST /reservations → 201 /reservations
          takeReservation
            isWanted
              http.client GET orders${state} → 200
                ⇢ http.server GET ${state} → 200 /orders/:id/state
                  showState
                    findOrder
                      pg.query ${FIND} [1] → SELECT 1${reserved.repeat(2)}`;
  return { method: "POST", path, tree };
}

/** Of a customer: slow. */
function list(customer: number): Request {
  const path = `/customers/customer-${customer}`;
  const orders = [0, 10, 20, 30, 40].map((first) => first + (customer === 0 ? 10 : customer));
  const wanted = skus(orders);
  const asked = `/forecast?sku=${wanted.join()}`;
  const lines = `
    linesOf
      pg.query ${LINES} [1] → SELECT 2`;
  const tree = `
http.server GET ${path} → 200 /customers/:name
  showCustomer
    ordersOf
      pg.query SELECT id FROM orders WHERE customer = $1 ORDER BY id [1] → SELECT 5${lines.repeat(5)}
    askStock
      http.client GET stock${asked} → 200
        ⇢ http.server GET ${asked} → 200 /forecast
          showForecast
            forecast
              pg.query ${FORECAST} [1] → SELECT ${wanted.length}`;
  return { method: "GET", path, tree };
}

const range = (from: number, to: number): number[] =>
  Array.from({ length: to - from + 1 }, (_, at) => from + at);
/** Fifty, mixed. Those that are shown are not paid for meanwhile, so that each answer is known. */
const REQUESTS = range(0, 9).flatMap((id) => [
  show(id + 1),
  pay(id + 21),
  list(id),
  show(id + 11),
  pay(id + 31),
]);

/** A service that runs. */
interface Service {
  readonly url: string;
  stop(): Promise<void>;
}

async function start(
  command: readonly string[],
  file: string,
  env: Readonly<Record<string, string>>,
): Promise<Service> {
  const [program = "", ...args] = [...command, join(EXAMPLE, file)];
  const child: ChildProcess = spawn(program, args, {
    cwd: packageRoot,
    env: { PATH: process.env["PATH"], PORT: "0", ...env },
  });
  let errors = "";
  child.stderr?.on("data", (part) => (errors += String(part)));
  const [line] = (await Promise.race([
    once(child.stdout as NonNullable<typeof child.stdout>, "data"),
    once(child, "exit").then(() => Promise.reject(new Error(errors))),
  ])) as [Buffer];
  return {
    url: `http://127.0.0.1:${/\d+/.exec(String(line))?.[0]}`,
    async stop() {
      child.kill("SIGTERM");
      const [code] = (await once(child, "exit")) as [number | null];
      expect({ code, errors }).toEqual({ code: 0, errors: "" });
    },
  };
}

/** Asks for everything at once, of both services run by this command. Gives the answers. */
async function askAll(
  command: readonly string[],
  database: Readonly<Record<string, string>>,
): Promise<{ answers: string[]; stock: string; orders: string }> {
  const stock = await start(command, "stock.js", database);
  const orders = await start(command, "orders.js", { ...database, STOCK_URL: stock.url });
  const answers = await Promise.all(
    REQUESTS.map(async ({ method, path }) => {
      const response = await fetch(orders.url + path, { method });
      return `${response.status} ${await response.text()}`;
    }),
  );
  await orders.stop();
  await stock.stop();
  return { answers, stock: stock.url, orders: orders.url };
}

/** The traces of requests that came from nothing recorded. */
async function firstTraces(store: Store): Promise<string[]> {
  const { rows } = await store.sql(`
    SELECT trace_id FROM calls WHERE function = 'http.server' AND NOT EXISTS
      (FROM links WHERE links.trace_id = calls.trace_id AND direction = 'in')`);
  return rows.map((row) => row["trace_id"] as string);
}

/** A trace as text, with those of other processes below the requests that led to them. */
async function treeOf(store: Store, trace: Trace, indent = ""): Promise<string> {
  const lines: string[] = [];
  const add = async (call: TraceCall, margin: string): Promise<void> => {
    lines.push(`${margin}${call.function}${saidOf(call)}`);
    for (const { callId, remote } of trace.remoteChildren) {
      if (callId !== call.callId) continue;
      const below = await store.trace(remote.traceId);
      expect(below.remoteParent?.remote).toMatchObject({ traceId: trace.traceId, callId });
      lines.push(await treeOf(store, below, `${margin}  ⇢ `));
    }
    for (const child of call.children) await add(child, `${margin.replace("⇢ ", "")}  `);
  };
  for (const call of trace.top) await add(call, indent);
  return lines.join("\n");
}

/** What a span says of its request or query. */
function saidOf({ function: name, arguments: given, result, status, backend }: TraceCall): string {
  if (status !== "returned") return ` ${status}`;
  if (backend !== "span") return "";
  const [first, second] = given as [string, string | number];
  const ended = result as Record<string, string | number | null>;
  if (name === "pg.query") return ` ${first} [${second}] → ${ended["command"]} ${ended["rows"]}`;
  const route = ended["route"] === undefined ? "" : ` ${ended["route"]}`;
  return ` ${first} ${second} → ${ended["status"]}${route}`;
}

let postgres: Postgres;
beforeAll(async () => {
  if (missing === undefined) postgres = await startPostgres();
});
afterAll(() => postgres?.[Symbol.asyncDispose]());

describe.skipIf(missing !== undefined).each(nodes)("two services on %s", (_name, node) => {
  /** Runs both under these options. Gives the answers and the store. */
  async function record(...options: string[]) {
    const folder = mkdtempSync(join(tmpdir(), "services-"));
    const run = [node, cli, "run", "--quiet", "--store", folder, ...options, "--", node];
    const came = await askAll(run, postgres.database(SCHEMA));
    return { ...came, store: await openStore(folder) };
  }

  it("have each request in one trace, with what it asks of the database and of the other", async () => {
    const plain = await askAll([node], postgres.database(SCHEMA));
    const { answers, store: opened, stock, orders } = await record("--edges", "all");
    await using store = opened;
    expect(answers).toEqual(plain.answers);

    const trees: string[] = [];
    for (const traceId of await firstTraces(store)) {
      trees.push(await treeOf(store, await store.trace(traceId)));
    }
    const told = trees.map((tree) => tree.replaceAll(stock, "stock").replaceAll(orders, "orders"));
    expect(told.toSorted()).toEqual(REQUESTS.map(({ tree }) => tree.slice(1)).toSorted());

    // In the words of W3C: one trace a request, of both processes.
    const { rows } = await store.sql(
      "SELECT count(DISTINCT run_id) AS runs FROM links GROUP BY w3c_trace_id",
    );
    expect(rows).toEqual(REQUESTS.map(() => ({ runs: 2 })));
  });

  it("answer the same where edges are not recorded", async () => {
    const plain = await askAll([node], postgres.database(SCHEMA));
    const { answers, store: opened } = await record();
    await using store = opened;
    expect(answers).toEqual(plain.answers);
    expect((await store.calls({ backend: "span" })).items).toEqual([]);
  });
});
