/**
 * What goes wrong in a tool, as a result that the model sees: what it was, and what to try next.
 *
 *     failure(new BreadcrumbError("BC_ERR_NOT_FOUND", "no run \"x\": …"))
 *     // { isError: true, content: [{ type: "text", text: "BC_ERR_NOT_FOUND: no run …\nNext: …" }] }
 *
 * Limits: `MAX_MESSAGE` characters of a message.
 */
import type { CallToolResult } from "@modelcontextprotocol/sdk/types.js";
import type { z } from "zod";
import { BreadcrumbError, type BreadcrumbErrorCode } from "../errors";
import { nearestWords } from "../options/nearest-words";
import { AnswerTooLarge } from "./answer";
import { short } from "./clean-text";

const MAX_MESSAGE = 1500;
/** Issues of arguments that are told. */
const MAX_ISSUES = 8;

const NEXT: Readonly<Partial<Record<BreadcrumbErrorCode, string>>> = {
  BC_ERR_NOT_FOUND: "list_runs, query_traces and find_calls give the ids there are.",
  BC_ERR_BAD_SQL: "describe_schema lists the tables and columns; only one reading statement runs.",
  BC_ERR_SQL_LIMIT: "narrow the query by run or time, aggregate, or raise timeoutMs.",
  BC_ERR_STORE_MISSING:
    "record a command with `record`, or ask the user to: breadcrumb run <command>.",
  BC_ERR_NO_PROCESS:
    "ask the user to start the program with: breadcrumb run --dormant <command>; list_runs tells what was recorded before.",
  BC_ERR_CANNOT_ATTACH: "say so to the user: they may restart the program with breadcrumb run.",
  BC_ERR_NOT_ALLOWED: "what was recorded before can still be asked: list_runs.",
};

/** The result for an error. */
export function failure(error: unknown): CallToolResult {
  if (error instanceof BreadcrumbError) {
    const next = NEXT[error.code];
    return told(`${error.code}: ${error.message}`, next);
  }
  if (error instanceof AnswerTooLarge) return told(error.message);
  const { name, message } = error as Error;
  if (name === "AbortError" || name === "TimeoutError") return told("it was cancelled");
  return told(`a fault of the server's own: ${message}`, "try with other arguments.");
}

/** The result for arguments that the tool does not take. */
export function badArguments(tool: string, input: z.ZodObject, error: z.ZodError): CallToolResult {
  const known = Object.keys(input.shape);
  const issues = error.issues.slice(0, MAX_ISSUES).map((issue) => {
    const place = short(issue.path.map(String).join("."), 100);
    if (issue.code !== "unrecognized_keys")
      return `${place || "arguments"}: ${short(issue.message, 200)}`;
    return issue.keys
      .slice(0, MAX_ISSUES)
      .map((key) => {
        const [near] = issue.path.length === 0 ? nearestWords(key.slice(0, 100), known, 1) : [];
        const hint = near === undefined ? "" : `, did you mean ${near}?`;
        return `no parameter ${JSON.stringify(short(key, 60))}${hint}`;
      })
      .join("; ");
  });
  return told(
    `${tool} does not take these arguments: ${issues.join("; ")}`,
    `it takes ${known.join(", ")}.`,
  );
}

/** The result for a tool that there is not. */
export function noTool(name: string, names: readonly string[]): CallToolResult {
  const near = nearestWords(name.slice(0, 100), names, 3);
  const list = (near.length > 0 ? near : names).join(", ");
  return told(`there is no tool ${JSON.stringify(short(name, 100))}`, `there are ${list}.`);
}

/** The result for one call too many. */
export function tooMany(most: number): CallToolResult {
  return told(`${most} calls are being answered`, "wait for one of them to end.");
}

function told(message: string, next?: string): CallToolResult {
  const text = [short(message, MAX_MESSAGE), ...(next === undefined ? [] : [`Next: ${next}`])];
  return { isError: true, content: [{ type: "text", text: text.join("\n") }] };
}
