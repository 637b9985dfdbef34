/**
 * Which calls, in a line.
 *
 *     parseFilter("function=Cart.* and duration>5ms and args.user.id=7")
 *     // { function: "Cart.*", minDurationMs: 5, where: [{ path: "args.user.id", op: "=", value: 7 }] }
 *
 * `function`, `file`, `run`, `trace`, `status` with `=`; `duration`, `self` and `wait` with `>` or `<`; and values
 * by their path. Limits: those of lines, see there.
 */
import { badOption } from "../errors";
import { conditionsOf, TIME_BOUNDS, type Vocabulary } from "../options/condition-line";
import type { CallFilter } from "../query/index";

const VOCABULARY = {
  texts: ["function", "file", "run", "trace", "status"],
  bounds: TIME_BOUNDS,
  bad: (part, expected) =>
    badOption(
      `--filter is conditions joined by "and", such as function=Cart.*, duration>5ms, args.id=7: got ${JSON.stringify(part)}, did you mean ${expected}?`,
    ),
} satisfies Vocabulary<keyof CallFilter, keyof CallFilter>;

/** The filter that a line means. Throws `BC_ERR_BAD_OPTION`. */
export function parseFilter(text: string): CallFilter {
  // Whether a status is one is for the question to say.
  return conditionsOf(text, VOCABULARY) as CallFilter;
}
