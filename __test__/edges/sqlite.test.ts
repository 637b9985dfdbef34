/** Queries of `node:sqlite` as rows of the call tree. */
import { describe, expect, it } from "vitest";
import { record } from "../support/asking";
import { cli, nodes, project, run } from "../support/program";
import { askedUnseen, started } from "../support/queries";

/** Node 20 has no such module. */
const those = nodes.filter(([name]) => name !== "Node 20");

/** Functions that ask, each in its way. */
const WAYS = `
  exports.made = (db) => db.exec("CREATE TABLE t(a, b)");
  exports.added = (db) => db.prepare("INSERT INTO t VALUES (?, $b), (3, 4)").run({ b: 2 }, 1);
  exports.got = (db, a) => db.prepare("SELECT * FROM t WHERE a = ?").get(a);
  exports.listed = (db) => db.prepare("-- every row\\n select * from t").all();
  exports.each = (db) => [...db.prepare("SELECT a FROM t").iterate()];
  exports.first = (db) => { for (const row of db.prepare("SELECT a FROM t").iterate()) return row; };
  exports.called = (db) => {
    db.function("twice", (n) => n * 2);
    return db.prepare("SELECT twice(?) AS n").get(4);
  };
  exports.tagged = (db) => {
    const tags = db.createTagStore?.() ?? { all: (_, ...values) => db.prepare("SELECT ? + ?").all(...values) };
    return tags.all\`SELECT \${1} + \${3}\`;
  };`;

/** The warning of Node 22 is for another test. */
const program = (main: string) => `
  process.removeAllListeners("warning");
  const sqlite = require("node:sqlite");
  const ways = require("./ways");
  const print = (...values) => console.log(JSON.stringify(values));
  const db = new sqlite.DatabaseSync(":memory:");
  ${main};`;

const asked = (node: string, files: Readonly<Record<string, string>>) =>
  askedUnseen(node, "sqlite.query", "node:sqlite", { "ways.js": WAYS, ...files });

const select = (rows: number): object => ({ command: "SELECT", rows });

describe.each(nodes)("on %s", (_name, node) => {
  it("nobody loads node:sqlite but the program", async () => {
    const main = `console.log(process.moduleLoadList.filter((name) => name.includes("sqlite")).length)`;
    const { store, stdout } = await record(node, { "main.js": main }, "--edges", "sql", "--");
    await using _ = store;
    expect(stdout).toBe("0\n");
  });
});

describe.each(those)("queries of node:sqlite on %s", (_name, node) => {
  it("are of what asks, in every way", async () => {
    const main = program(`
      print(ways.made(db), ways.added(db), ways.got(db, 1), ways.got(db, 9), ways.listed(db));
      print(ways.each(db), ways.first(db), ways.called(db), ways.tagged(db).length)`);
    const { queries, messages } = await asked(node, { "main.js": main });
    expect(messages).toEqual([]);
    expect(queries.slice(0, -1)).toEqual([
      ["made", "CREATE TABLE t(a, b)", 0, { command: "CREATE" }],
      ["added", "INSERT INTO t VALUES (?, $b), (3, 4)", 2, { command: "INSERT", rows: 2 }],
      ["got", "SELECT * FROM t WHERE a = ?", 1, select(1)],
      ["got", "SELECT * FROM t WHERE a = ?", 1, select(0)],
      ["listed", "-- every row\n select * from t", 0, select(2)],
      ["each", "SELECT a FROM t", 0, select(2)],
      ["first", "SELECT a FROM t", 0, select(1)],
      ["called", "SELECT twice(?) AS n", 1, select(1)],
    ]);
    expect(queries.at(-1)?.slice(1)).toEqual(["SELECT ? + ?", 2, select(1)]);
  });

  it("that fail have the error, and the stack that they have without a recording", async () => {
    const main = program(`
      const stacks = [];
      function thrown(ask) {
        try { ask(); } catch (error) { stacks.push(error.stack.replaceAll(__dirname, "")); print(error.code); }
      }
      function deep(levels, ask) { return levels === 0 ? ask() : deep(levels - 1, ask); }
      for (const levels of [0, 3, 20]) thrown(() => deep(levels, () => db.exec("SELEKT 1")));
      db.exec("CREATE TABLE u(a UNIQUE)");
      const add = db.prepare("INSERT INTO u VALUES (?)");
      add.run(1);
      thrown(() => deep(20, () => add.run(1)));
      thrown(() => db.exec(5));
      thrown(() => add.run(Symbol()));
      thrown(() => add.run.call({}));
      db.function("fails", () => { throw new Error("of the program"); });
      const rows = db.prepare("SELECT 1 UNION ALL SELECT fails()").iterate();
      print(rows.next());
      thrown(() => deep(20, () => rows.next()));
      db.close();
      thrown(() => add.run(2));
      print(stacks, Error.stackTraceLimit)`);
    const { queries, messages } = await asked(node, { "main.js": main });
    expect(queries.map(([, sql, , came]) => [sql, came])).toEqual([
      ...Array.from({ length: 3 }, () => ["SELEKT 1", "threw"]),
      ["CREATE TABLE u(a UNIQUE)", { command: "CREATE" }],
      ["INSERT INTO u VALUES (?)", { command: "INSERT", rows: 1 }],
      ["INSERT INTO u VALUES (?)", "threw"],
      [5, "threw"],
      ["INSERT INTO u VALUES (?)", "threw"],
      [{ $type: "undefined" }, "threw"],
      ["SELECT 1 UNION ALL SELECT fails()", "threw"],
      [{ $type: "undefined" }, "threw"],
    ]);
    expect(messages).toContain('near "SELEKT": syntax error');
    expect(messages).toContain("UNIQUE constraint failed: u.a");
    expect(messages).toContain("of the program");
  });

  it("look as without a recording", async () => {
    const main = program(`
      db.exec("SELECT 1");
      const statement = db.prepare("SELECT 1");
      const rows = statement.iterate();
      for (const one of [db, statement, rows]) {
        print(Object.getOwnPropertyNames(one));
        const holder = Object.getPrototypeOf(one);
        for (const [name, { value, ...how }] of Object.entries(Object.getOwnPropertyDescriptors(holder))) {
          if (typeof value !== "function") continue;
          print(name, how, value.name, value.length, String(value), Object.hasOwn(value, "prototype"));
        }
      }
      const { value, ...how } = Object.getOwnPropertyDescriptor(process, "getBuiltinModule");
      print(how, value.name, value.length, value("node:sqlite") === sqlite);
      print(statement.all === sqlite.StatementSync.prototype.all, db.exec("SELECT 1") === undefined)`);
    const { queries } = await asked(node, { "main.js": main });
    expect(queries.map(([, sql]) => sql)).toEqual(["SELECT 1", "SELECT 1", "SELECT 1"]);
  });

  it.each([
    ["an import", `import { DatabaseSync } from "node:sqlite";`],
    ["a late import", `const { DatabaseSync } = await import("node:sqlite");`],
    [
      "createRequire()",
      `import { createRequire } from "node:module";
       const { DatabaseSync } = createRequire(import.meta.url)("node:sqlite");`,
    ],
    ["getBuiltinModule()", `const { DatabaseSync } = process.getBuiltinModule("node:sqlite");`],
  ])("are seen after %s, with the warning that Node prints", async (_how, load) => {
    const files = { "main.mjs": `${load}\nnew DatabaseSync(":memory:").exec("SELECT 1");` };
    const warning = ({ stderr }: { stderr: string }) => stderr.replaceAll(/node:\d+/g, "node:pid");
    const plain = run(node, ["main.mjs"], project(files));
    const command = [cli, "run", "--quiet", "--edges", "sql", "--", node, "main.mjs"];
    expect(warning(run(node, command, project(files)))).toBe(warning(plain));
    const silent = {
      "main.mjs": `import "./silent.mjs";\nawait import("./asks.mjs");`,
      "silent.mjs": `process.removeAllListeners("warning");`,
      "asks.mjs": files["main.mjs"],
    };
    const { queries } = await asked(node, silent);
    expect(queries.map(([, sql]) => sql)).toEqual(["SELECT 1"]);
  });

  it("are let alone where the program has put something else there", async () => {
    const main = program(`
      sqlite.DatabaseSync.prototype.exec = () => "none";
      db.prepare = () => ({ get: () => "none" });
      print(db.exec("SELECT 1"), ways.got(db, 1));
      print(new sqlite.DatabaseSync(":memory:").prepare("SELECT 3").all())`);
    const { queries } = await asked(node, { "main.js": main });
    expect(queries.map(([, sql]) => sql)).toEqual(["SELECT 3"]);
  });

  it("are seen of what was loaded before, as long as something is recorded", async () => {
    const main = program(`
      const { Breadcrumb } = require("breadcrumb-tracer");
      ways.made(db);
      const statement = db.prepare("SELECT 2");
      (async () => {
        const session = await Breadcrumb.start({ edges: true, store: ".breadcrumb" });
        statement.all();
        ways.listed(db);
        await session.stop();
        ways.listed(db);
      })()`);
    const { queries } = await started(node, { "main.js": main, "ways.js": WAYS });
    expect(queries.map(([, sql, , came]) => [sql, came])).toEqual([
      ["SELECT 2", select(1)],
      ["-- every row\n select * from t", select(0)],
    ]);
  });
});
