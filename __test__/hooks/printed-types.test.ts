/** TypeScript that Node prints anew: the program as it is plain, and its functions in the store. */
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { openStore } from "../../ts/query/index";
import { cli, type Ended, nodes, project, run } from "../support/program";

const FLAGS = ["--experimental-transform-types", "--no-warnings"];
/** Those that can. */
const printing = nodes.filter(
  ([, node]) => run(node, [...FLAGS, "-e", "0"], import.meta.dirname).status === 0,
);

const SHAPES = `
  enum Color { Red = 1, Blue }
  namespace Shapes {
    export function area(w: number, h: number): number { return w * h }
  }
  class Point {
    constructor(public x: number, private y: number) {}
    where(): string { return new Error("here").stack as string }
    async later(): Promise<string> { await null; return new Error("later").stack as string }
  }`;
const USE = `
  const p = new Point(1, 2);
  console.log(Shapes.area(2, 3), Color.Red, p.where(), String(Shapes.area), String(Point));
  p.later().then((stack) => console.log(stack));`;
const FUNCTIONS = ["Point.later", "Point.where", "area", "new Point"];

/** Runs a program plain and traced, and expects the same. */
function compared(node: string, folder: string, main: string): Ended {
  const plain = run(node, [...FLAGS, main], folder);
  const ended = run(node, [cli, "run", "--quiet", "--", node, ...FLAGS, main], folder);
  expect(ended).toEqual(plain);
  return ended;
}

/** The same for one that ends well. Gives the functions recorded. */
async function recorded(
  node: string,
  files: Readonly<Record<string, string>>,
  main: string,
): Promise<readonly unknown[]> {
  const folder = project(files);
  expect(compared(node, folder, main)).toMatchObject({ status: 0, stderr: "" });
  const store = await openStore(join(folder, ".breadcrumb"));
  try {
    const sql = `SELECT DISTINCT function AS f FROM calls
      WHERE function NOT LIKE '<%' AND file LIKE '%.%ts' ORDER BY f`;
    return (await store.sql(sql)).rows.map((row) => row["f"]);
  } finally {
    await store.close();
  }
}

it("is tested on a Node that prints", () => {
  expect(printing).not.toEqual([]);
});

describe.each(printing)("types that Node transforms on %s", (_name, node) => {
  it.each([
    ["main.cts", "commonjs"],
    ["main.mts", "commonjs"],
    ["main.ts", "commonjs"],
    ["main.ts", "module"],
  ])("are told as they are plain in %s of a package of type %s", async (main, type) => {
    const files = { "package.json": JSON.stringify({ type }), [main]: SHAPES + USE };
    expect(await recorded(node, files, main)).toEqual(FUNCTIONS);
  });

  it("are told so where the package has no type, and in what is required and imported", async () => {
    const files = {
      "main.ts": `
        const { Shapes } = require("./shapes.cts");
        const key = Object.getOwnPropertySymbols(module).find((key) => key.description === "kFormat");
        const format = module[key];
        const { Point } = require("./point.mts");
        console.log(Shapes.area(1, 2), String(Shapes.area), format);
        import("./both.mts").then(({ both }) => console.log(both(), String(both), Point));`,
      "shapes.cts": `${SHAPES} exports.Shapes = Shapes;`,
      "point.mts": `${SHAPES} export { Point };`,
      "imported.cts": `${SHAPES} exports.Shapes = Shapes;`,
      "both.mts": `
        import { Point } from "./point.mts";
        import shapes from "./imported.cts";
        enum E { A }
        export function both(): unknown[] { return [E.A, new Point(1, 2).where(), shapes.Shapes.area(3, 4)] }`,
    };
    const functions = ["Point.where", "area", "both", "new Point"];
    expect(await recorded(node, files, "main.ts")).toEqual(functions);
  });

  it.each([
    [
      "uncaught.ts",
      `${SHAPES}\n  const fail = (x: number): never => { throw new Error("bad" + x) };\n  fail(1);`,
    ],
    ["syntax.ts", "enum A { B\n  const = 1"],
  ])("fail as they do plain in %s", (main, text) => {
    const folder = project({ "package.json": '{"type":"commonjs"}', [main]: text });
    const ended = compared(node, folder, main);
    expect(ended.status).toBe(1);
    expect(ended.stderr).toContain(main);
  });
});
