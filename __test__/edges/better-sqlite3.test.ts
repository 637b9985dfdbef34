/** Queries of `better-sqlite3` as rows of the call tree. The library is native, so a package of its layout stands in its place. */
import { describe, expect, it } from "vitest";
import { nodes } from "../support/program";
import { askedUnseen } from "../support/queries";

/** As the library: functions on the prototype of a function, statements of a class that nothing else leads to. */
const DATABASE = `
  function Database() {}
  class Rows {
    constructor(rows) { Object.defineProperty(this, "rows", { value: rows.values() }); }
    next() { return this.rows.next(); }
    return(value) { return { done: true, value }; }
    [Symbol.iterator]() { return this; }
  }
  class Statement {
    constructor(source) { Object.defineProperty(this, "source", { value: source, enumerable: true }); }
    check() { if (this.source.includes("WRONG")) throw new Error("no such word"); }
    run() { this.check(); return { changes: 2, lastInsertRowid: 7 }; }
    get(a) { this.check(); return a === 9 ? undefined : { a }; }
    all() { this.check(); return [{ a: 1 }, { a: 2 }]; }
    iterate() { this.check(); return new Rows([1, 2, 3]); }
  }
  Database.prototype.prepare = function prepare(sql) {
    if (typeof sql !== "string") throw new TypeError("Expected first argument to be a string");
    return new Statement(sql);
  };
  Database.prototype.exec = function exec(sql) { this.prepare(sql).check(); return this; };
  module.exports = Database;`;

const MAIN = `
  const Database = require("better-sqlite3");
  const print = (...values) => console.log(JSON.stringify(values));
  const db = new Database();
  function thrown(ask) { try { ask(); } catch (error) { print(error.stack.replaceAll(__dirname, "")); } }
  function deep(levels, ask) { return levels === 0 ? ask() : deep(levels - 1, ask); }
  const made = () => db.exec("CREATE TABLE t(a, b)") === db;
  const added = () => db.prepare("INSERT INTO t VALUES (?, ?)").run(1, [2, 3]);
  const named = () => db.prepare("UPDATE t SET a = $a, b = $b").run({ a: 1, b: 2 });
  const got = (a) => db.prepare("SELECT * FROM t WHERE a = ?").get(a);
  const listed = () => db.prepare("SELECT * FROM t").all();
  const each = () => [...db.prepare("SELECT a FROM t").iterate()];
  const first = () => { for (const row of db.prepare("SELECT a FROM t").iterate()) return row; };
  print(made(), added(), named(), got(1), got(9), listed(), each(), first());
  thrown(() => deep(20, () => db.exec("WRONG")));
  thrown(() => deep(20, () => db.prepare("SELECT WRONG").all()));
  thrown(() => deep(20, () => db.prepare(5)));
  const statement = db.prepare("SELECT 1");
  for (const one of [Database.prototype, statement, statement.iterate()]) {
    print(Object.getOwnPropertyNames(one));
    const holder = one === Database.prototype ? one : Object.getPrototypeOf(one);
    for (const [name, { value, ...how }] of Object.entries(Object.getOwnPropertyDescriptors(holder))) {
      print(name, how, value.name, value.length, String(value), Object.hasOwn(value, "prototype"));
    }
  }`;

const select = (rows: number): object => ({ command: "SELECT", rows });

describe.each(nodes)("queries of better-sqlite3 on %s", (_name, node) => {
  it("are of what asks, in every way, and look as without a recording", async () => {
    const { queries, messages } = await askedUnseen(
      node,
      "better-sqlite3.query",
      "npm:better-sqlite3",
      {
        "main.js": MAIN,
        "node_modules/better-sqlite3/package.json": `{ "main": "lib/index.js" }`,
        "node_modules/better-sqlite3/lib/index.js": `module.exports = require("./database");`,
        "node_modules/better-sqlite3/lib/database.js": DATABASE,
      },
    );
    expect(queries.slice(0, -1)).toEqual([
      ["made", "CREATE TABLE t(a, b)", 0, { command: "CREATE" }],
      ["added", "INSERT INTO t VALUES (?, ?)", 3, { command: "INSERT", rows: 2 }],
      ["named", "UPDATE t SET a = $a, b = $b", 2, { command: "UPDATE", rows: 2 }],
      ["got", "SELECT * FROM t WHERE a = ?", 1, select(1)],
      ["got", "SELECT * FROM t WHERE a = ?", 1, select(0)],
      ["listed", "SELECT * FROM t", 0, select(2)],
      ["each", "SELECT a FROM t", 0, select(3)],
      ["first", "SELECT a FROM t", 0, select(1)],
      [expect.anything(), "WRONG", 0, "threw"],
      [expect.anything(), "SELECT WRONG", 0, "threw"],
    ]);
    expect(messages.filter((message) => message === "no such word").length).toBe(2);
  });
});
