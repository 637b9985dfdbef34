/** Lists that are paged through under a budget that cuts each page. */
import { expect, test } from "vitest";
import { newFolder, RUN_A } from "../query/support/sample-store";
import { call, exception, NOON_NS, StoreWriter } from "../query/support/store-writer";
import { connect, type Connected } from "./support/connect";

const COUNT = 40;

async function storeOfExceptions(): Promise<string> {
  const dir = newFolder();
  const writer = await StoreWriter.create(dir);
  writer.run({ runId: RUN_A });
  const exceptions = Array.from({ length: COUNT }, (_, i) =>
    exception({
      exception_id: i,
      call_id: 1,
      message: `boom ${"x".repeat(500)} ${i}`,
      thrown_at: NOON_NS + BigInt(i) * 1_000_000n,
    }),
  );
  await writer.segment({ runId: RUN_A, calls: [call({ call_id: 1 })], exceptions });
  writer.close();
  return dir;
}

/** All rows of a tool's pages. */
async function pagedThrough(
  mcp: Connected,
  [tool, field]: readonly [tool: string, field: string],
  args: Record<string, unknown>,
): Promise<{ rows: Record<string, unknown>[]; pages: number }> {
  const rows: Record<string, unknown>[] = [];
  let pages = 0;
  for (let cursor: unknown; cursor !== null && pages < COUNT; pages++) {
    const asked = cursor === undefined ? args : { ...args, cursor };
    const { data } = await mcp.ask(tool, { ...asked, maxTokens: 2000, limit: 50 });
    rows.push(...(data[field] as typeof rows));
    cursor = data.nextCursor;
  }
  return { rows, pages };
}

test.each([
  ["search_values", "matches", { text: "boom" }],
  ["find_exceptions", "exceptions", {}],
] as const)("%s tells each row once", async (tool, field, args) => {
  await using mcp = await connect(await storeOfExceptions());
  const { rows, pages } = await pagedThrough(mcp, [tool, field], args);
  expect(pages).toBeGreaterThan(1);
  expect(rows).toHaveLength(COUNT);
  expect(new Set(rows.map((row) => JSON.stringify(row)))).toHaveProperty("size", COUNT);
});
