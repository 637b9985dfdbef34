/**
 * A MySQL server in the program itself, made of `mysql2`: it answers by the number in a statement, and by its first word.
 *
 *     SELECT 3 → three rows; INSERT 2 → two rows are changed; WRONG → an error; LOST → the connection is closed; LATE 1 → in a while
 */
import { join } from "node:path";
import { packageRoot } from "./program";

/** Folder of `mysql2`. */
export const MYSQL2 = join(packageRoot, "node_modules/mysql2");

/** `server.js`: \`serve(main)\` calls it with what a client has to know, and ends with it. */
export const SERVER = `
  const path = ${JSON.stringify(MYSQL2)};
  exports.serve = (mysql, main) => {
    const Packet = require(path + "/lib/packets/packet.js");
    const column = { catalog: "def", schema: "", name: "n", orgName: "n", table: "", orgTable: "",
      characterSet: 33, columnLength: 10, columnType: 253, flags: 0, decimals: 0 };
    const prepared = [];
    /** Numbers the packets of an answer, and those of the next command. */
    function numbered(connection, write) {
      connection.sequenceId ||= 1;
      write();
      connection.sequenceId = 0;
    }
    function answer(connection, sql, binary) {
      const [, word, number] = /(\\w+)\\s*(\\d*)/.exec(sql);
      const rows = Array.from({ length: Number(number) }, (_, at) => ({ n: String(at) }));
      if (word === "SELECT") return connection.writeTextResult(rows, [column], binary);
      if (word === "WRONG") return connection.writeError({ code: 1064, message: "no such word" });
      if (word === "LOST") return connection.stream.destroy();
      if (word === "LATE") return setTimeout(() => numbered(connection, () => connection.writeTextResult(rows, [column])), 300);
      connection.writeOk({ affectedRows: rows.length });
    }
    const server = mysql.createServer((connection) => {
      connection.serverHandshake({ protocolVersion: 4, serverVersion: "5.6.10", connectionId: 1,
        statusFlags: 2, characterSet: 33, capabilityFlags: 0xffffff,
        authCallback: (_, done) => numbered(connection, () => done(null)) });
      connection.on("error", () => {});
      connection.on("query", (sql) => numbered(connection, () => answer(connection, sql, false)));
      connection.on("stmt_prepare", (sql) => {
        if (sql.startsWith("WRONG")) return numbered(connection, () => answer(connection, sql, true));
        const header = new Packet(0, Buffer.alloc(16), 0, 16);
        header.buffer.writeInt32LE(prepared.push(sql) - 1, 5);
        numbered(connection, () => connection.writePacket(header));
      });
      connection.on("stmt_execute", (id) => numbered(connection, () => answer(connection, prepared[id], true)));
    });
    server.listen(0, "127.0.0.1", async () => {
      const { port } = server._server.address();
      await main({ host: "127.0.0.1", port, user: "one" });
      server.close();
    });
  };`;
