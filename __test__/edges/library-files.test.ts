import { runInNewContext } from "node:vm";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { EDGE_HTTP, EDGE_SQL } from "../../ts/native/layout";

const native = { edges: (): number => 0 };
vi.mock("../../ts/native/load", () => ({ native }));
const { libraryOf, told } = await import("../../ts/edges/library-files");

beforeEach(() => {
  native.edges = () => EDGE_HTTP | EDGE_SQL;
});

describe("a library", () => {
  it.each([
    ["/app/node_modules/pg/lib/client.js", "pg/lib/client.js"],
    ["/app/node_modules/a/node_modules/pg-pool/index.js", "pg-pool/index.js"],
    ["C:\\app\\node_modules\\mysql2\\lib\\pool.js", "mysql2/lib/pool.js"],
    ["/app/node_modules/pg/lib/client.mjs", undefined],
    ["/app/node_modules/not-pg/lib/client.js", undefined],
    ["/app/pg/lib/client.js", undefined],
    ["/app/node_modules/toString", undefined],
  ])("%s is %s", (path, name) => {
    expect(libraryOf(path)).toBe(name);
  });

  it("is none where queries are not recorded", () => {
    native.edges = () => EDGE_HTTP;
    expect(libraryOf("/app/node_modules/pg/lib/client.js")).toBeUndefined();
  });

  it("tells of what it exports on a line of its own, behind whatever its text ends with", () => {
    const text = told("module.exports = 1 // the end", "pg/lib/client.js");
    const heard: unknown[] = [];
    const $bc = { m: (...said: unknown[]) => heard.push(said) };
    runInNewContext(text, { module: { exports: undefined }, $bc });
    expect(heard).toEqual([["pg/lib/client.js", 1]]);
  });
});
