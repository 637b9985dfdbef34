import { expect, test } from "vitest";
import { z } from "zod";
import { toolDefinition } from "../../ts/mcp/tool-definition";
import { defineTool, READS } from "../../ts/mcp/tool";

test("a tool's schemas, and its budget beside its own parameters", () => {
  const tool = defineTool({
    name: "say_hello",
    title: "Say hello",
    description: "Says hello.",
    input: { to: z.string().describe("whom") },
    output: { words: z.string() },
    annotations: READS,
    run: async ({ to }) => ({
      most: 0,
      write: () => ({ summary: to, lines: [], data: { words: to } }),
    }),
  });
  expect(toolDefinition(tool)).toMatchObject({
    name: "say_hello",
    inputSchema: {
      $schema: "http://json-schema.org/draft-07/schema#",
      properties: {
        to: { type: "string", description: "whom" },
        maxTokens: { type: "integer", minimum: 2000, maximum: 50_000, default: 8000 },
      },
      required: ["to"],
      additionalProperties: false,
    },
    outputSchema: { properties: { notice: {}, words: {} }, required: ["notice", "words"] },
    annotations: { title: "Say hello", readOnlyHint: true, destructiveHint: false },
  });
});
