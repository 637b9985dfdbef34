/** `get_value`: a recorded value whole, piece by piece. */
import { z } from "zod";
import { BreadcrumbError } from "../../errors";
import type { Call, JsonValue } from "../../query/index";
import { parseValuePath } from "../../options/value-path";
import { readCall } from "../read-call";
import { CALL } from "../inputs";
import { nameOf } from "../rows";
import { defineStoreTool, READS } from "../tool";
import { cleanDeep, short } from "../clean-text";

export const getValue = defineStoreTool({
  name: "get_value",
  title: "Get a value whole",
  description:
    "Gives a recorded argument or result whole, as JSON text, where an answer cut it: take the path from `cut`. Long ones come in pieces: go on with offset = nextOffset.",
  input: {
    call: CALL,
    path: z
      .string()
      .min(1)
      .max(500)
      .default("arguments")
      .describe(
        'arguments, result, or a place in them: arguments[0].items, args.user, result["a key"]',
      ),
    offset: z.int().min(0).max(1e9).default(0).describe("characters to leave out"),
  },
  output: {
    call: z.string(),
    path: z.string(),
    function: z.string(),
    length: z.number().describe("characters of the whole JSON text"),
    text: z.string().describe("the JSON text from offset on"),
    nextOffset: z.number().nullable(),
  },
  annotations: READS,
  run: async ({ call: ref, path, offset }, { store }) => {
    const call = await readCall(store, ref);
    const whole = JSON.stringify(cleanDeep(valueAt(call, path)));
    const rest = whole.slice(offset);
    return {
      most: rest.length,
      write: (count) => {
        const end = /[\uD800-\uDBFF]/.test(rest.charAt(count - 1)) ? count - 1 : count;
        const text = rest.slice(0, end);
        const nextOffset = end < rest.length ? offset + end : null;
        const more = nextOffset === null ? "" : ` More: offset = ${nextOffset}.`;
        return {
          summary: `Characters ${offset} to ${offset + end} of ${whole.length}; the text is in structuredContent.text.${more}`,
          lines: text === "" ? [] : [text],
          data: {
            call: ref,
            path: short(path, 200),
            function: nameOf(call.function),
            length: whole.length,
            text,
            nextOffset,
          },
        };
      },
    };
  },
});

/** The value at a path. Throws `BC_ERR_NOT_FOUND` with the names that there are. */
function valueAt(call: Call, text: string): JsonValue {
  const path = parseValuePath(text);
  let value: JsonValue | undefined = call[path.head];
  if (value === undefined) {
    throw new BreadcrumbError("BC_ERR_NOT_FOUND", `the call's ${path.head} was not captured`);
  }
  for (const [i, step] of path.steps.entries()) {
    const key =
      i === 0 && path.head === "arguments" && typeof step === "string"
        ? call.parameters.indexOf(step)
        : step;
    const isContainer: boolean = typeof value === "object" && value !== null;
    const names: string[] = isContainer ? Object.keys(value as object) : [];
    if (!isContainer || !names.includes(String(key))) {
      const known = (i === 0 && path.head === "arguments" ? [...call.parameters, ...names] : names)
        .slice(0, 10)
        .map((name) => JSON.stringify(short(name, 60)));
      throw new BreadcrumbError(
        "BC_ERR_NOT_FOUND",
        `no ${JSON.stringify(short(String(step), 60))} in the value: ${known.length > 0 ? `there are ${known.join(", ")}` : "it has no properties"}`,
      );
    }
    value = (value as Record<string, JsonValue>)[String(key)] as JsonValue;
  }
  return value;
}
