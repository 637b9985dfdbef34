import { expect, test } from "vitest";
import { newFolder } from "../../query/support/sample-store";
import { call, functionSums, lineCount, StoreWriter } from "../../query/support/store-writer";
import { connect } from "../support/connect";

test("lines that did not run, of functions that were called, a page at a time", async () => {
  const dir = newFolder();
  const writer = await StoreWriter.create(dir);
  writer.run({ runId: "r1" });
  const place = { function: "total", file: "src/cart.js" };
  const of = { ...place, function_line: 9, col: 5 };
  await writer.segment({
    runId: "r1",
    calls: [call({ ...place, line: 9 })],
    functions: [functionSums({ ...place, line: 9 }, [1000])],
    lines: [
      lineCount({ ...of, line: 10, count: 2 }),
      lineCount({ ...of, line: 11, col: 30, is_branch: 1, count: 0 }),
      lineCount({ ...of, line: 12, count: 0 }),
    ],
  });
  writer.close();
  await using mcp = await connect(dir);
  const branch = { kind: "line_not_run", function: "total", at: "src/cart.js:11" };
  const line = { kind: "line_not_run", function: "total", at: "src/cart.js:12", why: null };
  const { data, text } = await mcp.ask("find_gaps");
  expect(data.gaps).toMatchObject([{ ...branch, why: "the branch at column 30" }, line]);
  expect(text).toContain("src/cart.js:12");
  const first = await mcp.ask("find_gaps", { limit: 1 });
  expect(first.data.gaps).toMatchObject([branch]);
});
