import { expect, test } from "vitest";
import { drawDetails } from "../../ts/cli/view-screen";
import { ViewTree } from "../../ts/cli/view-tree";
import { openStore } from "../../ts/query/index";
import { newFolder, RUN_A } from "../query/support/sample-store";
import { call, exception, StoreWriter } from "../query/support/store-writer";

test("the details of a call that an exception left have where that was thrown, and the variables", async () => {
  const dir = newFolder();
  const writer = await StoreWriter.create(dir);
  writer.run({ runId: RUN_A });
  const place = { function: "total", file: "src/cart.js", line: 9 };
  const long = "x".repeat(150);
  await writer.segment({
    runId: RUN_A,
    calls: [call({ ...place, run_id: RUN_A, status: "threw", exception_id: 7 })],
    exceptions: [
      exception({
        run_id: RUN_A,
        exception_id: 7,
        thrown_file: "src/cart.js",
        thrown_line: 12,
        thrown_col: 3,
        causes: '[{"name":"TypeError","message":"no price"}]',
        crossed: JSON.stringify([
          {
            callId: 1,
            ...place,
            locals: [
              { scope: "block", line: 10, variables: { item: { sku: "A\u001B[2J7" } } },
              { scope: "function", line: 9, variables: { text: long } },
            ],
          },
        ]),
      }),
    ],
  });
  writer.close();
  await using store = await openStore(dir);
  const summaries = [...(await store.traces()).items];
  const tree = new ViewTree({
    next: async () => summaries.splice(0),
    trace: (id) => store.trace(id),
  });
  await tree.more();
  await tree.unfold();
  await tree.move(1);
  const lines = tree.current ? drawDetails(tree.current, 60) : [];
  expect(lines.slice(lines.findIndex((line) => line.startsWith("exception")))).toEqual([
    "exception     Error: broken (caught)",
    "              thrown at src/cart.js:12:3",
    "              cause: TypeError: no price",
    "variables     in total (src/cart.js:9)",
    '                block at 10: item = { sku: "A\\u001b[2J7" }',
    `                text = "${"x".repeat(36)}`,
    `              ${"x".repeat(46)}`,
    `              ${"x".repeat(46)}`,
    `              ${"x".repeat(22)}"`,
  ]);
});
