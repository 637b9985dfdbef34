/** Queries of `mysql2` as rows of the call tree, asked of a server in the program itself. */
import { describe, expect, it } from "vitest";
import { MYSQL2, SERVER } from "../support/mysql";
import { nodes } from "../support/program";
import { askedUnseen, started } from "../support/queries";

/** Functions that ask, each in its way. */
const WAYS = `
  const then = (ask) => new Promise((ok) => ask((error, rows) => ok(error ? error.message : rows)));
  const caught = (promise) => promise.then(([rows]) => rows, (error) => error.message);
  const events = (query) => new Promise((ok) => {
    const rows = [];
    query.on("result", (row) => rows.push(row)).on("error", (error) => rows.push(error.message));
    query.on("end", () => ok(rows));
  });
  exports.callback = (db, sql) => then((done) => db.query(sql, [1, "b"], done));
  exports.options = (db, sql) => then((done) => db.query({ sql, values: [1] }, done));
  exports.named = (db, sql) => {
    const values = { a: 1, b: 2, c: 3 };
    return then((done) => db.query({ sql, values, namedPlaceholders: true }, done));
  };
  exports.executed = (db, sql) => then((done) => db.execute(sql, [1], done));
  exports.promised = (db, sql) => caught(db.promise().query(sql));
  exports.promisedToo = (db, sql) => caught(db.promise().execute(sql, [1, 2]));
  exports.told = (db, sql) => events(db.query(sql));
  exports.streamed = async (db, sql) => {
    const rows = [];
    for await (const row of db.query(sql).stream()) rows.push(row);
    return rows;
  };
  exports.prepared = (db, sql) => new Promise((ok) => {
    db.prepare(sql, (_, statement) => statement.execute([], (error, rows) => ok(rows)));
  });`;

/** Runs a program of these files unseen. */
const asked = (node: string, files: Readonly<Record<string, string>>) =>
  askedUnseen(node, "mysql2.query", "npm:mysql2", {
    "server.js": SERVER,
    "ways.js": WAYS,
    ...files,
  });

/** A program that does something with a server; it prints what \`print\` is given. */
const program = (main: string) => `
  const mysql = require(${JSON.stringify(MYSQL2)});
  const ways = require("./ways");
  const print = (...values) => console.log(JSON.stringify(values));
  require("./server").serve(mysql, async (config) => { ${main} });`;

/** With a connection. */
const connected = (main: string) =>
  program(`
    const db = mysql.createConnection(config).on("error", () => {});
    ${main};
    await new Promise((ok) => db.end(ok));`);

const select = (rows: number): object => ({ command: "SELECT", rows });

describe.each(nodes)("queries of mysql2 on %s", (_name, node) => {
  it("are of what asks, in every way", async () => {
    const main = `
      print(await ways.callback(db, "SELECT 3 /* ? ? */"));
      print(await ways.options(db, "INSERT 2 /* ? */"));
      print(await ways.named(db, "SELECT 1 /* :a :b :c */"));
      print(await ways.executed(db, "SELECT 2"), await ways.executed(db, "SELECT 2"));
      print(await ways.promised(db, "SELECT 0"), await ways.promisedToo(db, "UPDATE 4"));
      print(await ways.told(db, "SELECT 5"), await ways.streamed(db, "SELECT 2"));
      print(await ways.prepared(db, "SELECT 6"));
      (function both() { db.beginTransaction(); db.rollback(); })();`;
    const { queries, messages } = await asked(node, { "main.js": connected(main) });
    expect(messages).toEqual([]);
    expect(queries).toEqual([
      ["callback", "SELECT 3 /* ? ? */", 2, select(3)],
      ["options", "INSERT 2 /* ? */", 1, { command: "INSERT", rows: 2 }],
      ["named", "SELECT 1 /* :a :b :c */", 3, select(1)],
      ["executed", "SELECT 2", 1, select(2)],
      ["executed", "SELECT 2", 1, select(2)],
      ["promised", "SELECT 0", 0, select(0)],
      ["promisedToo", "UPDATE 4", 2, { command: "UPDATE", rows: 4 }],
      ["told", "SELECT 5", 0, { command: "SELECT" }],
      ["streamed", "SELECT 2", 0, { command: "SELECT" }],
      ["prepared", "SELECT 6", 0, select(6)],
      ["both", "START TRANSACTION", 0, { command: "START", rows: 0 }],
      ["both", "ROLLBACK", 0, { command: "ROLLBACK", rows: 0 }],
    ]);
  });

  it("of pools are one each, with their wait for a connection", async () => {
    const main = program(`
      const pool = mysql.createPool({ ...config, connectionLimit: 1 });
      const both = [ways.callback(pool, "SELECT 1"), ways.executed(pool, "SELECT 2")];
      print(await Promise.all([...both, ways.promised(pool, "SELECT 3"), ways.told(pool, "SELECT 4")]));
      const got = await pool.promise().getConnection();
      print(await ways.promised(got.connection, "SELECT 5"));
      got.release();
      const cluster = mysql.createPoolCluster();
      cluster.add("one", config);
      print(await ways.callback(cluster.of("one"), "SELECT 6"));
      print(await ways.executed(cluster.of("*"), "SELECT 7"));
      await new Promise((ok) => cluster.end(ok));
      await pool.promise().end();
      print(await ways.promised(pool, "SELECT 8"), await ways.executed(pool, "SELECT 9"));`);
    const { queries, messages } = await asked(node, { "main.js": main });
    expect(queries).toEqual([
      ["callback", "SELECT 1", 2, select(1)],
      ["executed", "SELECT 2", 1, select(2)],
      ["promised", "SELECT 3", 0, select(3)],
      ["told", "SELECT 4", 0, { command: "SELECT" }],
      ["promised", "SELECT 5", 0, select(5)],
      ["callback", "SELECT 6", 2, select(6)],
      ["executed", "SELECT 7", 1, select(7)],
      ["promised", "SELECT 8", 0, "threw"],
      ["executed", "SELECT 9", 1, "threw"],
    ]);
    expect(messages).toEqual(["Pool is closed.", "Pool is closed."]);
  });

  it("that fail have the error", async () => {
    const main = `
      const thrown = (ask) => { try { ask(); } catch (error) { print(error.message); } };
      for (const way of ["callback", "executed", "promised", "promisedToo", "told"])
        print(await ways[way](db, "WRONG"));
      thrown(() => db.query(undefined));
      thrown(() => db.execute("SELECT 1", [undefined], () => {}));
      print(await ways.callback(db, { sql: "LATE 1", timeout: 20 }), await ways.told(db, "SELECT 1"));
      const behind = ways.callback(db, "LOST");
      print(await ways.promised(db, "SELECT 2"), await behind);
      print(await ways.callback(db, "SELECT 3"));
      config.port = 1;
      const nobody = mysql.createPool(config);
      const code = ({ code }) => print(code);
      await nobody.promise().query("SELECT 4").catch(code);
      await nobody.promise().execute("SELECT 5").catch(code);`;
    const { queries, messages } = await asked(node, {
      "main.js": program(`
      const db = mysql.createConnection(config).on("error", () => {});
      ${main}`),
    });
    expect(queries.map(([, sql, , came]) => [sql, came])).toEqual([
      ...Array.from({ length: 5 }, () => ["WRONG", "threw"]),
      [{ $type: "undefined" }, "threw"],
      ["SELECT 1", "threw"],
      ["LATE 1", "threw"],
      ["SELECT 1", { command: "SELECT" }],
      ["LOST", "threw"],
      ["SELECT 2", "threw"],
      ["SELECT 3", "threw"],
      ["SELECT 4", "threw"],
      ["SELECT 5", "threw"],
    ]);
    expect(messages.filter((message) => message !== "").toReversed()).toEqual([
      ...Array.from({ length: 5 }, () => "no such word"),
      "Cannot read properties of undefined (reading 'constructor')",
      "Bind parameters must not contain undefined. To pass SQL NULL specify JS null",
      "Query inactivity timeout",
      // One error for both queries.
      "Connection lost: The server closed the connection.",
      "Can't add new command when connection is in closed state",
      "connect ECONNREFUSED 127.0.0.1:1",
      "connect ECONNREFUSED 127.0.0.1:1",
    ]);
  });

  it("look as without a recording", async () => {
    const main = `
      const order = [];
      function heard(...args) { order.push(["heard", this === query, args.length]); }
      const query = db.query("SELECT 2", heard);
      print(Object.keys(query), query.onResult.name, query.onResult.length, query.eventNames());
      const promise = db.promise().query("SELECT 1").then(() => order.push("asked"));
      for (let at = 0; at < 3; at++) Promise.resolve().then(() => order.push(at));
      await promise;
      const failed = (_, more) => print(more);
      db.query("WRONG", function (error) {
        print(error.stack.replaceAll(/:\\d+:\\d+/g, ""), Object.entries(error), this.sql);
      });
      await ways.callback(db, "SELECT 1");
      print(order);
      for (const { prototype } of [mysql.Connection, mysql.Pool, mysql.PoolCluster]) {
        for (let holder = prototype; holder !== null; holder = Object.getPrototypeOf(holder)) {
          for (const [name, { value, ...how }] of Object.entries(Object.getOwnPropertyDescriptors(holder))) {
            if (typeof value !== "function") continue;
            print(name, how, value.name, value.length, String(value), Object.hasOwn(value, "prototype"));
          }
        }
      }`;
    const { stdout } = await asked(node, { "main.js": connected(main) });
    expect(stdout).toContain("no such word");
  });

  it("are seen from ES modules, and of each copy", async () => {
    const main = `
      import { createRequire } from "node:module";
      import mysql from ${JSON.stringify(`${MYSQL2}/promise.js`)};
      import server from "./server.js";
      const require = createRequire(import.meta.url);
      for (const path of Object.keys(require.cache)) if (path.includes("mysql2")) delete require.cache[path];
      const again = require(${JSON.stringify(MYSQL2)});
      server.serve(again, async (config) => {
        for (const one of [mysql, require(${JSON.stringify(`${MYSQL2}/promise.js`)})]) {
          const db = await one.createConnection(config);
          console.log(await db.query("SELECT 1"), await db.execute("SELECT 2"));
          await db.end();
        }
      });`;
    const { queries } = await asked(node, { "main.mjs": main });
    expect(queries.map(([, sql, , came]) => [sql, came])).toEqual([
      ["SELECT 1", select(1)],
      ["SELECT 2", select(2)],
      ["SELECT 1", select(1)],
      ["SELECT 2", select(2)],
    ]);
  });

  it("are let alone where the program has put something else there", async () => {
    const main = `
      mysql.Connection.prototype.query = (sql, done) => done(null, ["none of " + sql]);
      mysql.Pool.prototype.getConnection = (done) => done(null, { query: () => ({ once() {} }) });
      db.query("SELECT 1", (_, rows) => print(rows));
      const pool = mysql.createPool(config);
      pool.query("SELECT 2");
      print(await ways.executed(db, "SELECT 3"));`;
    const { queries } = await asked(node, { "main.js": connected(main) });
    expect(queries.map(([, sql]) => sql)).toEqual(["SELECT 3"]);
  });

  it("are seen of what was loaded before", async () => {
    const main = program(`
      const { Breadcrumb } = require("breadcrumb-tracer");
      const pool = mysql.createPool(config);
      await ways.callback(pool, "SELECT 1");
      const session = await Breadcrumb.start({ edges: true, store: ".breadcrumb" });
      await ways.callback(pool, "SELECT 2");
      await ways.executed(pool, "SELECT 3");
      await session.stop();
      await ways.callback(pool, "SELECT 4");
      await pool.promise().end();`);
    const { queries } = await started(node, {
      "main.js": main,
      "server.js": SERVER,
      "ways.js": WAYS,
    });
    expect(queries.map(([, sql, , came]) => [sql, came])).toEqual([
      ["SELECT 2", select(2)],
      ["SELECT 3", select(3)],
    ]);
  });
});
