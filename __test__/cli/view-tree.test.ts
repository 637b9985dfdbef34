import { beforeAll, expect, test } from "vitest";
import { createPaint } from "../../ts/cli/paint";
import { drawDetails, drawTree } from "../../ts/cli/view-screen";
import { type TraceSource, ViewTree, type Wanted } from "../../ts/cli/view-tree";
import { openStore, type Store } from "../../ts/query/index";
import { sampleStore } from "../query/support/sample-store";

let store: Store;
beforeAll(async () => {
  store = await openStore((await sampleStore()).dir);
});

/** Run A's traces one at a time, newest first; which were read is noted. */
function source(read: string[] = []): TraceSource {
  let cursor: string | null | undefined;
  return {
    next: async () => {
      if (cursor === null) return [];
      const page = await store.traces({ run: "019a", limit: 1, cursor: cursor ?? undefined });
      cursor = page.nextCursor;
      return page.items;
    },
    trace: (id) => {
      read.push(id);
      return store.trace(id);
    },
  };
}
const names = (tree: ViewTree) =>
  tree.rows.map(({ call, level }) => `${"  ".repeat(level)}${call?.function ?? "trace"}`);
const goOn = () => true;
const named = (name: string): Wanted => ({
  isIt: (call) => call.function === name,
  mayBeIn: () => true,
  goOn,
});

test("reads on at the end, unfolds and folds", async () => {
  const tree = new ViewTree(source());
  await tree.more();
  expect(names(tree)).toEqual(["trace"]);
  await tree.move(5);
  expect(names(tree)).toEqual(["trace", "trace"]);
  expect(tree.cursor).toBe(1);
  await tree.unfold();
  expect(names(tree)).toEqual([
    "trace",
    "trace",
    "  main",
    "    load",
    "    add",
    "    add",
    "    add",
  ]);
  await tree.move(2);
  await tree.unfold();
  expect(names(tree)[4]).toBe("      parse");
  tree.fold();
  expect(names(tree)).toHaveLength(7);
  tree.fold();
  expect(tree.current?.call?.function).toBe("main");
  tree.toParent();
  expect(tree.current?.call).toBeNull();
  tree.fold();
  expect(names(tree)).toEqual(["trace", "trace"]);
  await tree.unfoldAll();
  expect(names(tree)).toHaveLength(8);
  await tree.move(-100);
  expect(tree.cursor).toBe(0);
});

test("finds calls ahead and behind, around the end, and reads only what may hold them", async () => {
  const read: string[] = [];
  const tree = new ViewTree(source(read));
  await tree.more();
  const threw: Wanted = {
    isIt: ({ status }) => status === "threw",
    mayBeIn: ({ errors }) => errors > 0,
    goOn,
  };
  expect(await tree.find(threw, 1)).toBe(true);
  expect(tree.current?.call?.function).toBe("parse");
  expect(read).toHaveLength(1);
  expect(await tree.find(threw, 1)).toBe(true);
  expect(tree.current?.call?.function).toBe("parse");
  expect(await tree.find(named("add"), 1)).toBe(true);
  const first = tree.cursor;
  expect(await tree.find(named("add"), 1)).toBe(true);
  expect(tree.cursor).toBe(first + 1);
  expect(await tree.find(named("add"), -1)).toBe(true);
  expect(tree.cursor).toBe(first);
  expect(await tree.find(named("main"), -1)).toBe(true);
  expect(await tree.find(named("main"), -1)).toBe(true);
  expect(tree.current?.node.summary.traceId).toMatch(/-A$/);
  expect(await tree.find(named("nobody"), 1)).toBe(false);
  expect(await tree.find({ ...named("add"), goOn: (traces) => traces < 1 }, -1)).toBe(false);
});

test("the screen", async () => {
  const tree = new ViewTree(source());
  await tree.more();
  await tree.move(1);
  await tree.unfoldAll();
  const style = { columns: 60, rows: 8, paint: createPaint({}), top: 0, title: "run", status: "?" };
  expect(drawTree(tree, style).map((line) => line.trimEnd())).toMatchInlineSnapshot(`
    [
      "run",
      "  1.00 ms ▸ trace A  08:00:01.000  main, 1 call",
      "> 5.00 ms ▾ trace 1  08:00:00.000  main, 6 calls, 1 call th…",
      "  5.00 ms   ▾ main(path: "a.json") → 3  src/main.js:1",
      "   900 µs     ▾ load(path: "a.json", options: Options { str…",
      "   500 µs       · parse(text: "{") ✗ SyntaxError: Unexpecte…",
      "   100 ns     · add(a: 4, b: -1) → 3  src/add.js:2",
      "?",
    ]
  `);
  await tree.move(3);
  expect(tree.current?.call?.function).toBe("parse");
  expect(tree.current && drawDetails(tree.current, 40)).toMatchInlineSnapshot(`
    [
      "function      parse",
      "where         src/parse.js:10:1",
      "call          3 of 019aaaaa-0000-7000-80",
      "              00-00000000000a-1",
      "began         2026-11-23 08:00:00.000",
      "time          500 µs, 500 µs its own",
      "ended         threw",
      "text          "{"",
      "exception     SyntaxError: Unexpected en",
      "              d of JSON input (caught)",
      "              at parse (src/parse.js:10:",
      "              3)",
    ]
  `);
});
