/** The MCP inspector's CLI mode, a client of another making, over the built server. */
import { join } from "node:path";
import { expect, test } from "vitest";
import { RUN_A, sampleStore } from "../../query/support/sample-store";
import { cli, packageRoot, run } from "../../support/program";
import { TOOLS } from "../../../ts/mcp/tools";

const INSPECTOR = join(packageRoot, "node_modules/.bin/mcp-inspector");

async function inspect(...words: string[]) {
  const { dir } = await sampleStore();
  const server = [process.execPath, cli, "mcp", "--store", dir];
  const { status, stdout, stderr } = run(
    process.execPath,
    [INSPECTOR, "--cli", ...server, ...words],
    packageRoot,
  );
  expect([status, stderr]).toEqual([0, expect.any(String)]);
  return JSON.parse(stdout);
}

test("lists tools, and calls one", async () => {
  const { tools } = await inspect("--method", "tools/list");
  expect(tools).toHaveLength(TOOLS.length);
  const { structuredContent } = await inspect(
    "--method",
    "tools/call",
    "--tool-name",
    "get_trace",
    "--tool-arg",
    `trace=${RUN_A}-1`,
    "--tool-arg",
    "depth=2",
  );
  expect(structuredContent).toMatchObject({ callCount: 6, shown: 5 });
});

test("lists and reads resources, and lists prompts", async () => {
  const { resourceTemplates } = await inspect("--method", "resources/templates/list");
  expect(resourceTemplates).toHaveLength(3);
  const uri = "breadcrumb://function/parse";
  const { contents } = await inspect("--method", "resources/read", "--uri", uri);
  expect(JSON.parse(contents[0].text).functions).toMatchObject([{ function: "parse", errors: 1 }]);
  const { prompts } = await inspect("--method", "prompts/list");
  expect(prompts).toHaveLength(3);
});
