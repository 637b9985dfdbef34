/**
 * What becomes of leaves, as the native part takes it.
 *
 *     leafRule("skip", 120)      // { how: "skip", longest: 120 }
 *     leafSizeOf("120", "--leaf-size")
 */
import { badOption } from "../errors";
import { LEAVES, type LeafRule, type Leaves } from "./options";

/** No leaf is longer. */
const ANY = 2 ** 32 - 1;

/** The rule. Throws BC_ERR_BAD_OPTION. */
export function leafRule(
  how: Leaves = "record",
  longest: number = ANY,
  name = 'Option "leaves"',
): LeafRule {
  if (!LEAVES.includes(how)) {
    throw badOption(`${name} must be one of ${LEAVES.join(", ")}; got ${String(how)}`);
  }
  if (!Number.isSafeInteger(longest) || longest < 1) {
    throw badOption(
      `Option "leafSize" must be a number of characters, 1 or more; got ${String(longest)}`,
    );
  }
  return { how, longest: Math.min(longest, ANY) };
}

/** A size as text. `name`: how the option is called. Throws BC_ERR_BAD_OPTION. */
export function leafSizeOf(text: string, name: string): number {
  if (/^0*[1-9]\d*$/.test(text)) return Number(text);
  throw badOption(`${name} must be a number of characters, 1 or more; got ${text}`);
}
