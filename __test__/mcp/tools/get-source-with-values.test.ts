import { expect, test } from "vitest";
import { newFolder } from "../../query/support/sample-store";
import { call, StoreWriter } from "../../query/support/store-writer";
import { connect } from "../support/connect";

test("the lines that ran, of calls that tell of theirs", async () => {
  const dir = newFolder();
  const writer = await StoreWriter.create(dir);
  writer.run({ runId: "r1" });
  const place = { function: "total", file: "src/cart.js", line: 9 };
  const lines = "[[10,1],[11,3],[11,3,20],[14,1]]";
  await writer.segment({
    runId: "r1",
    calls: [call({ call_id: 1, ...place, lines }), call({ call_id: 2, ...place })],
  });
  writer.close();
  await using mcp = await connect(dir);
  const { data, text } = await mcp.ask("get_source_with_values", { function: "total" });
  const ran = data.calls.map((each: { ran?: string }) => each.ran);
  expect(ran).toEqual([undefined, "10 11×3 11:20×3 14"]);
  expect(text).toContain("  lines that ran: 10 11×3 11:20×3 14\n");
});
