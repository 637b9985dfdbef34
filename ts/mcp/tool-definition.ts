/**
 * A tool as the protocol lists it: its schemas as JSON Schema, draft 7, which every client reads.
 */
import type { Tool as ToolListing } from "@modelcontextprotocol/sdk/types.js";
import { z } from "zod";
import type { Tool } from "./tool";

/** The listing. */
export function toolDefinition(tool: Tool): ToolListing {
  return {
    name: tool.name,
    title: tool.title,
    description: tool.description,
    inputSchema: schemaOf(tool.input, "input"),
    outputSchema: schemaOf(tool.output, "output"),
    annotations: { title: tool.title, ...tool.annotations },
  };
}

function schemaOf(type: z.ZodObject, io: "input" | "output"): ToolListing["inputSchema"] {
  return z.toJSONSchema(type, { target: "draft-7", io }) as ToolListing["inputSchema"];
}
