/**
 * Parameters that several tools share, and times as they take them.
 *
 *     input: { run: RUN, since: SINCE, limit: limitOf(20), cursor: CURSOR }
 *     timeOf("10m")   // ten minutes ago
 */
import { z } from "zod";
import { BreadcrumbError } from "../errors";

/** Longest text of a parameter that is a name, an id or a pattern. */
const MAX_NAME = 500;
/** Longest cursor. */
const MAX_CURSOR = 2000;

const text = (about: string) => z.string().min(1).max(MAX_NAME).describe(about);

export const RUN = text("one run: its id, the beginning of it, or `latest`").optional();
export const TRACE = text("a trace's id (`traceId` of answers)");
export const CALL = text("a call's id (`call` of answers): `<traceId>#<number>`");
export const FUNCTION = text("name of a function; * stands for any text").optional();
export const FILE = text("its file, relative to the project; * stands for any text").optional();
export const SINCE = text("from this time: 10m, 2h, 3d (ago), or ISO 8601 in UTC").optional();
export const UNTIL = text("before this time, likewise").optional();
export const STATUS = z
  .enum(["returned", "threw", "open"])
  .optional()
  .describe("how it ended; open: it has not, or its end was not seen");
export const CURSOR = z
  .string()
  .max(MAX_CURSOR)
  .optional()
  .describe("`nextCursor` of the page before, with the same other parameters");

/** Rows of a page. */
export function limitOf(usual: number, most = 200) {
  return z.int().min(1).max(most).default(usual).describe("rows of a page at most");
}

/** A number of ms. */
export function milliseconds(about: string) {
  return z.number().min(0).max(1e12).optional().describe(about);
}

/** Words of a list that the command line takes with commas between. */
export function patterns(about: string) {
  const word = z
    .string()
    .min(1)
    .max(MAX_NAME)
    .regex(/^[^,\n]*$/);
  return z.array(word).max(50).describe(about);
}

/** Conditions on values. */
export const WHERE = z
  .array(
    z.strictObject({
      path: text('the place: arguments[0].user.id, args.user.id, result["a key"][2]'),
      op: z
        .enum(["=", "!=", "<", "<=", ">", ">=", "contains", "matches", "exists"])
        .optional()
        .describe("= unless told, exists without a value; matches takes RE2's syntax"),
      value: z.union([z.string().max(10_000), z.number(), z.boolean(), z.null()]).optional(),
    }),
  )
  .max(20)
  .optional()
  .describe("conditions on arguments and results, all of which must hold");

const UNITS_MS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/** The time of a parameter. Throws `BC_ERR_BAD_OPTION`. */
export function timeOf(value: string | undefined): Date | string | undefined {
  if (value === undefined) return undefined;
  const ago = /^(\d{1,12}(?:\.\d{1,9})?)(ms|s|m|h|d)$/.exec(value);
  if (ago)
    return new Date(Math.max(0, Date.now() - Number(ago[1]) * (UNITS_MS[ago[2] ?? ""] ?? 1)));
  if (/^\d{4}-\d\d-\d\d/.test(value)) return value;
  throw new BreadcrumbError(
    "BC_ERR_BAD_OPTION",
    `a time is one such as 10m (ago) or 2026-11-23T08:00: got ${JSON.stringify(value)}`,
  );
}
