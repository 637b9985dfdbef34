/**
 * Whether the patterns in options are regular expressions, which the addon alone can tell.
 *
 *     checkPatterns(normalize(options, circumstances))
 */
import { loadCore } from "./load-core";
import type { SessionOptions } from "./options/options";
import { coded } from "./session";

/** Throws `BC_ERR_BAD_OPTION`; `BC_ERR_NO_ADDON` where there is something to ask and nobody to ask it of. */
export function checkPatterns({ redact, keep }: Pick<SessionOptions, "redact" | "keep">): void {
  // What the standard rules are made of is known to be good, and needs no addon.
  if (redact !== null && redact.names.length + redact.rules.length > 0) {
    const { native } = loadCore();
    coded(() => native.checkRedaction(JSON.stringify(redact)));
  }
  if (keep !== null && keep.when.length > 0) {
    const { native } = loadCore();
    coded(() => native.checkKeep(JSON.stringify(keep)));
  }
}
