/** SQLite in WebAssembly, called from JavaScript and calling back; a query builder above it. */
"use strict";
// The name of its file, whose length is seen in how often loops run.
Math.random = () => 0.5;
const initSqlJs = require("sql.js");
const knex = require("knex");

(async () => {
  const SQL = await initSqlJs();
  const db = new SQL.Database();
  db.run("CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT, n REAL)");
  const insert = db.prepare("INSERT INTO t (name, n) VALUES (?, $n)");
  for (let at = 0; at < 200; at++) insert.run([`name ${at % 13}`, at * 1.5]);
  insert.free();
  db.create_function("twice", (x) => x * 2);
  console.log(JSON.stringify(db.exec("SELECT name, count(*), sum(twice(n)) FROM t GROUP BY name ORDER BY 2 DESC, 1 LIMIT 5")));
  const statement = db.prepare("SELECT * FROM t WHERE n > :n LIMIT 3");
  statement.bind({ ":n": 280 });
  while (statement.step()) console.log(statement.getAsObject());
  statement.free();
  try {
    db.exec("SELECT * FROM missing");
  } catch (error) {
    console.log(error.message);
  }
  const build = knex({ client: "sqlite3", useNullAsDefault: true });
  const query = build("t").select("name", build.raw("sum(n) as total")).where((w) => w.where("n", ">", 10).orWhereIn("id", [1, 2])).groupBy("name").having("total", ">", 500).orderBy("name");
  const { sql, bindings } = query.toSQL().toNative();
  console.log(sql, bindings, JSON.stringify(db.exec(sql, bindings)));
  console.log(build.schema.createTable("u", (table) => { table.increments(); table.string("x", 20).notNullable().index(); }).toString());
  console.log(db.export().length);
  db.close();
})();
