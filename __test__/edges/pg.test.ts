/** Queries of `pg` as rows of the call tree: its forms, and what callbacks lead to. */
import { symlinkSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openStore, type Store, type Trace, type TraceCall } from "../../ts/query/index";
import { missing, type Postgres, startPostgres } from "../support/postgres";
import { cli, nodes, packageRoot, project, run } from "../support/program";

/** Each function asks in a way of its own, and gives what it got. */
const FORMS = `
  const pg = require("pg");
  const Cursor = require("pg-cursor");
  const QueryStream = require("pg-query-stream");
  const asks = {
    async named(client) {
      const query = { name: "named", text: "SELECT $1::int AS n", values: [4] };
      return (await client.query(query)).rows;
    },
    async twoAtOnce(client) { return (await client.query("SELECT 1; SELECT 2 UNION SELECT 3")).length; },
    async wrong(client) { return client.query("SELECT nope").catch(({ code }) => code); },
    async noText(client) { return client.query({}).catch(({ message }) => message.length); },
    async cyclic(client) {
      const value = {};
      value.value = value;
      return client.query("SELECT $1::json", [value]).catch(({ name }) => name);
    },
    callback(client) {
      return new Promise((ok) => client.query("SELECT 7 AS n", (_, { rows }) => ok(rows)));
    },
    object(client) {
      const query = client.query(new pg.Query("SELECT 1 UNION SELECT 2"));
      return new Promise((ok) => query.on("end", ({ rowCount }) => ok(rowCount)));
    },
    async queued(client) {
      const query = (n) => client.query("SELECT $1::int AS n", [n]);
      return (await Promise.all([query(1), query(2)])).map(({ rows }) => rows[0].n);
    },
    async cursor(client) {
      const cursor = client.query(new Cursor("SELECT generate_series(1, $1::int)", [5]));
      const some = await cursor.read(3);
      await cursor.close();
      return some.length;
    },
    async stream(client) {
      let rows = 0;
      for await (const _ of client.query(new QueryStream("SELECT generate_series(1, 300)"))) rows += 1;
      return rows;
    },
    async late(client) {
      const query = { text: "SELECT pg_sleep(60)", query_timeout: 10 };
      const said = await client.query(query).catch(({ message }) => message);
      client.connection.stream.destroy();
      return said;
    },
  };
  const poolAsks = {
    async pool(pool) { return (await pool.query("SELECT 1 AS n")).rows; },
    async poolWrong(pool) { return pool.query("SELECT nope").catch(({ code }) => code); },
    poolCallback(pool) {
      return new Promise((ok) => pool.query("SELECT $1::int AS n", [8], (_, { rows }) => ok(rows)));
    },
    async unreachable() {
      const pool = new pg.Pool({ host: "127.0.0.1", port: 1 });
      return pool.query("SELECT 1").catch(({ code }) => code);
    },
    async ownConnect() {
      class Own extends pg.Pool {
        async connect(taken) {
          await null;
          return super.connect(taken);
        }
      }
      const pool = new Own();
      const { rows } = await pool.query("SELECT 1 AS own");
      await pool.end();
      return rows;
    },
    async ended() {
      const pool = new pg.Pool();
      await pool.end();
      return pool.query("SELECT 1").catch(({ message }) => message.length);
    },
  };
  exports.main = async () => {
    const pool = new pg.Pool();
    const client = new pg.Client();
    client.on("error", () => {});
    await client.connect();
    for (const name of Object.keys(asks)) console.log(name, JSON.stringify(await asks[name](client)));
    for (const name of Object.keys(poolAsks)) console.log(name, JSON.stringify(await poolAsks[name](pool)));
    await pool.end();
  };`;
/** What is recorded of them: the function that asks, its query and what came of that. */
const ASKED = [
  "asks.named: SELECT $1::int AS n [1] → SELECT 1",
  "asks.twoAtOnce: SELECT 1; SELECT 2 UNION SELECT 3 [0] → SELECT 2",
  'asks.wrong: SELECT nope [0] → column "nope" does not exist',
  "asks.noText: null [0] → A query must have either text or a name. Supplying neither is unsupported.",
  expect.stringMatching(/^asks\.cyclic: SELECT \$1::json \[1\] → Converting circular structure/),
  "<anonymous in asks.callback>: SELECT 7 AS n [0] → SELECT 1",
  "asks.object: SELECT 1 UNION SELECT 2 [0] → SELECT 2",
  "query: SELECT $1::int AS n [1] → SELECT 1",
  "query: SELECT $1::int AS n [1] → SELECT 1",
  "asks.cursor: SELECT generate_series(1, $1::int) [1] → nothing",
  "asks.stream: SELECT generate_series(1, 300) [0] → nothing",
  "asks.late: SELECT pg_sleep(60) [0] → Query read timeout",
  "poolAsks.pool: SELECT 1 AS n [0] → SELECT 1",
  'poolAsks.poolWrong: SELECT nope [0] → column "nope" does not exist',
  "<anonymous in poolAsks.poolCallback>: SELECT $1::int AS n [1] → SELECT 1",
  expect.stringMatching(/^poolAsks\.unreachable: SELECT 1 \[0\] → .*ECONNREFUSED/),
  "poolAsks.ownConnect: SELECT 1 AS own [0] → nothing",
  "main: SELECT 1 AS own [0] → SELECT 1",
  "poolAsks.ended: SELECT 1 [0] → Cannot use a pool after calling end on the pool",
];

/** Requests that overlap on a single connection, with callbacks only. */
const CALLBACKS = `
  const http = require("node:http");
  const { Pool } = require("pg");
  const pool = new Pool({ max: 1 });
  function first(id, done) {
    pool.query("SELECT $1::text AS id", [id], function gotFirst(_, { rows }) { second(rows[0].id, done); });
  }
  function second(id, done) {
    pool.connect(function gotClient(_, client, release) {
      client.query("SELECT $1::text AS id", [id], function gotSecond(_, { rows }) {
        // What waits for the client would else be called by what gives it back.
        setImmediate(release);
        setImmediate(function later() { done(rows[0].id); });
      });
    });
  }
  function handle(request, response) {
    first(request.url.slice(1), function answer(id) { response.end(id); });
  }
  const server = http.createServer(handle).listen(0, "127.0.0.1", () => {
    const { fork } = require("node:child_process");
    const args = [String(server.address().port)];
    fork("./asker.js", args, { execArgv: [], env: { PATH: "" } }).on("exit", () => {
      server.close();
      server.closeAllConnections();
      pool.end();
    });
  });`;
const REQUESTS = 10;
const ASKER = `
  const url = "http://127.0.0.1:" + process.argv[2] + "/";
  const ask = async (_, id) => {
    const answer = await (await fetch(url + id)).text();
    if (answer !== String(id)) throw new Error(answer);
  };
  Promise.all(Array.from({ length: ${REQUESTS} }, ask)).then(() => process.exit());`;

/** What a program sees of its own contexts in callbacks, where several share a connection. */
const STORES = `
  const { AsyncLocalStorage } = require("node:async_hooks");
  const { Pool } = require("pg");
  const storage = new AsyncLocalStorage();
  const pool = new Pool({ max: 1 });
  function ask(id, done) {
    pool.query("SELECT 1", function got() {
      console.log(id, storage.getStore());
      if (id === 2) storage.enterWith("entered");
      setImmediate(function later() {
        console.log(id, storage.getStore());
        done();
      });
    });
  }
  let left = 4;
  const done = () => { if (--left === 0) pool.end(); };
  for (const id of [1, 2, 3]) storage.run("store " + id, ask, id, done);
  ask(4, done);`;

let postgres: Postgres;
let database: Readonly<Record<string, string>>;
beforeAll(async () => {
  if (missing !== undefined) return;
  postgres = await startPostgres();
  database = postgres.database("");
});
afterAll(() => postgres?.[Symbol.asyncDispose]());

/** A folder with these files, and `pg` with its cursors beside. */
function withPg(files: Readonly<Record<string, string>>): string {
  const folder = project(files);
  for (const name of ["pg", "pg-cursor", "pg-query-stream"]) {
    symlinkSync(join(packageRoot, "node_modules", name), join(folder, "node_modules", name), "dir");
  }
  return folder;
}

/** Records a program that prints the same as it does plain. */
async function record(node: string, folder: string, main: string): Promise<Store> {
  const plain = run(node, [main], folder, database);
  const command = [cli, "run", "--quiet", "--edges", "sql,http", "--", node, main];
  const ended = run(node, command, folder, database);
  const alike = ({ stdout, stderr, status }: typeof plain) => {
    return { stdout, status, stderr: stderr.replaceAll(/\(node:\d+\)/g, "") };
  };
  expect(alike(ended)).toEqual(alike(plain));
  expect(ended.status).toBe(0);
  return openStore(join(folder, ".breadcrumb"));
}

/** Those of the newest trace. */
async function queries(store: Store): Promise<string[]> {
  return queriesOf(await store.trace("latest"));
}

/** The queries of a trace, each with the function that asked. */
function queriesOf(trace: Trace): string[] {
  const parentOf = ({ parentId }: TraceCall) => trace.calls.find((c) => c.callId === parentId);
  return trace.calls
    .filter((call) => call.function === "pg.query")
    .map((call) => `${parentOf(call)?.function}: ${saidOf(trace, call)}`);
}

function saidOf(trace: Trace, call: TraceCall): string {
  const [sql, parameters] = call.arguments as [unknown, number];
  const text = typeof sql === "string" ? sql : "null";
  const failure = trace.exceptions.find((one) => one.exceptionId === call.exceptionId);
  const { command, rows } = (call.result ?? {}) as { command?: string; rows?: number };
  if (call.status === "open") return `${text} has no end`;
  const gave = command === undefined ? "nothing" : `${command} ${rows}`;
  return `${text} [${parameters}] → ${failure?.message ?? gave}`;
}

describe.skipIf(missing !== undefined).each(nodes)("queries of pg on %s", (_name, node) => {
  const entries = {
    "required.js": `require("./forms").main();`,
    "imported.mjs": `import pg from "pg"; import { main } from "./forms.js"; pg.Client; main();`,
    "loaded-before.js": `
        const pg = require("pg");
        const { Breadcrumb } = require("breadcrumb-tracer");
        (async () => {
          const session = await Breadcrumb.start({ edges: true });
          await require("./forms").main();
          await session.stop();
        })();`,
  };

  it.each(["required.js", "imported.mjs"])("have their ends, by %s", async (main) => {
    const folder = withPg({ "forms.js": FORMS, ...entries });
    await using store = await record(node, folder, main);
    expect(await queries(store)).toEqual(ASKED);
  });

  it("have them where pg was loaded before the recording", async () => {
    const folder = withPg({ "forms.js": FORMS, ...entries });
    const plain = run(node, ["required.js"], folder, database);
    const ended = run(node, ["loaded-before.js"], folder, database);
    expect(ended.stdout).toBe(plain.stdout);
    await using store = await openStore(join(folder, ".breadcrumb"));
    expect(await queries(store)).toEqual(ASKED);
  });

  it("lead to callbacks of their own trace, whosever the connection", async () => {
    const folder = withPg({ "main.js": CALLBACKS, "asker.js": ASKER });
    await using store = await record(node, folder, "main.js");
    const { items } = await store.traces({ root: "http.server", limit: 100 });
    expect(items).toHaveLength(REQUESTS);
    for (const { traceId } of items) {
      const trace = await store.trace(traceId);
      expect(trace.calls.map((call) => call.function).toSorted()).toEqual(
        "answer first gotClient gotFirst gotSecond handle http.server later pg.query pg.query second".split(
          " ",
        ),
      );
      expect(queriesOf(trace)).toEqual(
        ["first", "gotClient"].map((name) => `${name}: SELECT $1::text AS id [1] → SELECT 1`),
      );
    }
  });

  it("leave the program's own contexts as they are", async () => {
    const folder = withPg({ "main.js": STORES });
    await using store = await record(node, folder, "main.js");
    const { rows } = await store.sql(`
      SELECT trace_id, count(*) AS calls FROM calls WHERE function IN ('got', 'later') GROUP BY 1`);
    expect(rows.map(({ calls }) => calls)).toEqual([2, 2, 2, 2]);
  });
});
