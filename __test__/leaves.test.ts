/** Functions that call nothing, counted only or skipped: `leaves`. */
import { join } from "node:path";
import { describe, expect, it, test } from "vitest";
import { leafRule, leafSizeOf } from "../ts/options/leaves";
import { openStore } from "../ts/query/index";
import { cli, nodes, packageRoot, project, run } from "./support/program";

const CART = `
  exports.Cart = class Cart {
    constructor() { this.items = [] }
    get size() { return this.items.length }
    add(item) { this.items.push(item); return this.size }
  };
`;
const MAIN = `
  const { Cart } = require("./cart");
  const cart = new Cart();
  for (let i = 0; i < 7; i++) cart.add(i);
  console.log(cart.size);
`;

/** What \`run\` with these options recorded of each function: calls and counts. */
async function recorded(node: string, args: readonly string[]) {
  const folder = project({ "cart.js": CART, "main.js": MAIN });
  const ended = run(node, [cli, "run", "--quiet", ...args, "--", node, "main.js"], folder);
  expect(ended).toMatchObject({ status: 0, stdout: "7\n", stderr: "" });
  await using store = await openStore(join(folder, ".breadcrumb"));
  const { counters } = (await store.runs())[0]!;
  expect(counters.dropped).toBe(0);
  const functions = (await store.stats()).map((each) => [
    each.function,
    [each.calls, each.counted],
  ]);
  return Object.fromEntries(functions) as Record<string, [number, number]>;
}

describe.each(nodes)("leaves on %s", (_name, node) => {
  it("are recorded as all functions unless told", async () => {
    expect(await recorded(node, [])).toEqual({
      "new Cart": [1, 0],
      "get Cart.size": [8, 0],
      "Cart.add": [7, 0],
    });
  });

  it("are only counted, exactly", async () => {
    expect(await recorded(node, ["--leaves", "count"])).toEqual({
      "new Cart": [0, 1],
      "get Cart.size": [0, 8],
      "Cart.add": [7, 0],
    });
  });

  it("are skipped up to a size", async () => {
    const skipped = ["--leaves=skip", "--leaf-size", "33"];
    expect(await recorded(node, skipped)).toEqual({ "get Cart.size": [8, 0], "Cart.add": [7, 0] });
  });

  it("are told of where they were counted while a trace went on", async () => {
    const main = `
      let sums = 0;
      function sum(a, b) { sums++; return a + b }
      function part() { let all = 0; for (let i = 0; i < 1e5; i++) all = sum(all, i); return all }
      function work() { const end = Date.now() + 2500; while (Date.now() < end) part() }
      for (let i = 0; i < 10; i++) sum(i, i);
      work();
      console.log(sums);
    `;
    const folder = project({ "main.js": main });
    const args = [cli, "run", "--quiet", "--leaves", "count", "--", node, "main.js"];
    const sums = Number(run(node, args, folder).stdout);
    await using store = await openStore(join(folder, ".breadcrumb"));
    const { root, countedMeanwhile } = await store.trace("latest");
    expect(root?.function).toBe("work");
    expect(countedMeanwhile).toMatchObject([{ function: "sum", file: "main.js", line: 3 }]);
    // Three slices of half a second at least, on a machine that does other things as well.
    expect(countedMeanwhile[0]?.calls).toBeGreaterThan(sums / 10);
    expect(countedMeanwhile[0]?.calls).toBeLessThanOrEqual(sums - 10);
    const shown = run(node, [cli, "show", "latest"], folder).stdout;
    expect(shown).toMatch(
      /… and at least [\d,]+ more calls on its thread meanwhile, only counted: sum/,
    );
  });

  it("are listed where they are skipped, and recorded where a change chooses them", () => {
    const program = (leaves: string) => `
      const { Breadcrumb } = require(${JSON.stringify(join(packageRoot, "dist/index.js"))});
      (async () => {
        const session = await Breadcrumb.start({ store: ":memory:", exclude: ["main.js"], leaves: "${leaves}" });
        const { Cart } = require("./cart");
        const cart = new Cart();
        cart.add(1);
        const { leftAlone } = session.coverage().files.find(({ file }) => file === "cart.js");
        await session.set({ include: ["cart.js:get Cart.size"] });
        cart.add(2);
        await session.set({});
        cart.add(3);
        await session.stop();
        const calls = session.calls().map((call) => call.function);
        console.log(JSON.stringify({ leftAlone, calls }));
      })();`;
    const of = (leaves: string) => {
      const folder = project({ "cart.js": CART, "main.js": program(leaves) });
      const ended = run(node, ["main.js"], folder);
      expect(ended).toMatchObject({ status: 0, stderr: "" });
      return JSON.parse(ended.stdout) as { leftAlone: unknown; calls: string[] };
    };
    expect(of("skip")).toEqual({
      leftAlone: [
        { name: "new Cart", line: 3, why: "it is a leaf" },
        { name: "get Cart.size", line: 4, why: "it is a leaf" },
      ],
      calls: ["Cart.add", "Cart.add"],
    });
    expect(of("count")).toEqual({
      leftAlone: [],
      calls: ["Cart.add", "get Cart.size", "Cart.add"],
    });
  });
});

test("what is no way with leaves, and no size, is refused", () => {
  expect(leafRule()).toEqual({ how: "record", longest: 2 ** 32 - 1 });
  expect(leafRule("skip", 120)).toEqual({ how: "skip", longest: 120 });
  const bad = { code: "BC_ERR_BAD_OPTION" };
  const thrown = (what: () => unknown): unknown => {
    try {
      return what();
    } catch (error) {
      return error;
    }
  };
  expect(thrown(() => leafRule("some" as never))).toMatchObject({
    ...bad,
    message: 'Option "leaves" must be one of record, count, skip; got some',
  });
  expect(thrown(() => leafRule("skip", 0.5))).toMatchObject(bad);
  expect(thrown(() => leafSizeOf("12k", "--leaf-size"))).toMatchObject({
    ...bad,
    message: "--leaf-size must be a number of characters, 1 or more; got 12k",
  });
});
