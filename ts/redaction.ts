/**
 * Whether the chosen redaction can be done: whether patterns are regular expressions, the addon alone can tell.
 */
import { loadCore } from "./load-core";
import type { RedactRules } from "./options/redact";
import { coded } from "./session";

/** Throws `BC_ERR_BAD_OPTION`; `BC_ERR_NO_ADDON` where there is something to ask and nobody to ask it of. */
export function checkRedaction(rules: RedactRules | null): void {
  // What the standard rules are made of is known to be good, and needs no addon.
  if (rules === null || rules.names.length + rules.rules.length === 0) return;
  const { native } = loadCore();
  coded(() => native.checkRedaction(JSON.stringify(rules)));
}
