import { expect, test } from "vitest";
import { Engine } from "../../ts/query/engine";
import { newFolder } from "./support/sample-store";

test("the database is locked, whatever reaches it", async () => {
  const engine = await Engine.start(newFolder());
  const refused = (sql: string) => expect(engine.query(sql)).rejects.toThrow();
  await refused("FROM read_text('/etc/passwd')");
  await refused("COPY (SELECT 1) TO '/tmp/breadcrumb-engine.csv'");
  await refused("ATTACH '/tmp/breadcrumb-engine.db'");
  await refused("INSTALL httpfs");
  await refused("LOAD httpfs");
  await refused("SET enable_external_access = true");
  await refused("SET allowed_directories = ['/']");
  await refused("SET lock_configuration = false");
  engine.close();
});

test("numbers come as they are, null as NaN or null", async () => {
  const engine = await Engine.start(newFolder());
  const rows = await engine.query("SELECT unnest([1.5, NULL])::DOUBLE AS n, $name AS name", {
    name: "x",
  });
  expect([...rows.numbers("n")]).toEqual([1.5, Number.NaN]);
  expect(rows.map((row) => row.numberOrNull("n"))).toEqual([1.5, null]);
  expect(rows.texts("name")).toEqual(["x", "x"]);
  expect(rows.row(1).text("name")).toBe("x");
  expect(() => rows.texts("other")).toThrow(RangeError);
  expect(() => rows.numbers("name")).toThrow(RangeError);
  engine.close();
});
