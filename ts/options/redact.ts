/**
 * Which secrets are redacted, and what stands in their place: the user's choice → what the native part takes.
 *
 *     redactRules({ also: ["email"], hash: true })   // { names: [], rules: [], also: ["email"], except: [], mark: "hash" }
 *
 * Limits: a rule is known by the name that a redacted value has; one that does not exist is refused. Whether a
 * pattern is a regular expression is known to the native part alone.
 */
import { badOption } from "../errors";
import { isObject } from "./check-object";
import { suggest } from "./suggest";

/** Rules that are off unless they are in `also`. */
export const OPTIONAL_RULES: readonly string[] = ["email", "phone", "ip"];
/** Every rule of `crates/redact` (`rules.rs`), in its order. */
export const REDACTION_RULES: readonly string[] = [
  "password",
  "secret",
  "token",
  "authorization",
  "cookie",
  "session",
  "credential",
  "key",
  "code",
  "pin",
  "custom",
  "jwt",
  "bearer",
  "basic",
  "pem",
  "url",
  "webhook",
  "api-key",
  "aws",
  "azure",
  "github",
  "gitlab",
  "google",
  "huggingface",
  "npm",
  "sendgrid",
  "slack",
  "stripe",
  "card",
  "iban",
  "ssn",
  ...OPTIONAL_RULES,
];

/** What an own rule may be called. */
const RULE_NAME = /^[a-z][a-z0-9-]{0,31}$/;
const MAX_REPLACEMENT = 100;

/** Option `redact`. */
export interface RedactOptions {
  /**
   * Further names of secrets: `shoeSize` also matches `my_shoe_size`; with `*` or `?` it is the whole name:
   * `*_pin_?`. `!sessionId` takes a name out. The last one that matches a name counts. @default none
   */
  readonly names?: readonly string[];
  /**
   * Further shapes of secrets, by the rule's name: regular expressions without look-around, whose first group is
   * the secret, or all that matches: `{ order: "ORD-([0-9]{6})" }`. @default none
   */
  readonly rules?: Readonly<Record<string, string>>;
  /** Rules that are off by themselves: `email`, `phone`, `ip`. @default none */
  readonly also?: readonly string[];
  /** Rules that are not to fire, by the name that a redacted value has: `card`. @default none */
  readonly except?: readonly string[];
  /** What stands in a secret's place; `{rule}` in it is the rule's name. @default "[redacted:{rule}]" */
  readonly replace?: string;
  /**
   * Whether a hash stands there as well, so that equal secrets can be told: `[redacted:token#a1b2c3d4e5f6]`. Its
   * key is the store's own. @default false
   */
  readonly hash?: boolean;
}

/** As the native part takes them. */
export interface RedactRules {
  readonly names: readonly string[];
  readonly rules: readonly { readonly name: string; readonly pattern: string }[];
  readonly also: readonly string[];
  readonly except: readonly string[];
  readonly mark: "label" | "hash" | { readonly text: string };
}

const OPTIONS: readonly string[] = ["names", "rules", "also", "except", "replace", "hash"];

/** Checks the option; `where` is how it is called where it was given. Throws BC_ERR_BAD_OPTION. */
export function redactRules(
  given: RedactOptions | false | undefined,
  where = 'Option "redact"',
): RedactRules | null {
  if (given === false) return null;
  if (given !== undefined && !isObject(given)) {
    throw badOption(`${where} must be an object or false; got ${JSON.stringify(given)}`);
  }
  const options = given ?? {};
  for (const key of Object.keys(options)) {
    if (!OPTIONS.includes(key)) {
      throw badOption(`${where} has no "${key}"${hintOf(key, OPTIONS)}`);
    }
  }
  const rules = ownRules(options.rules, where);
  const known = [...REDACTION_RULES, ...rules.map(({ name }) => name)];
  return {
    names: texts("names", options.names, where),
    rules,
    also: knownRules("also", options.also, OPTIONAL_RULES, where),
    except: knownRules("except", options.except, known, where),
    mark: markOf(options, where),
  };
}

function ownRules(given: RedactOptions["rules"], where: string): RedactRules["rules"] {
  if (given === undefined) return [];
  const rules = isObject(given) ? Object.entries(given) : [];
  if (
    !isObject(given) ||
    rules.some(([, pattern]) => typeof pattern !== "string" || pattern === "")
  ) {
    throw badOption(
      `${where}: "rules" is regular expressions by name, such as { "order": "ORD-[0-9]{6}" }`,
    );
  }
  for (const [name] of rules) {
    if (!RULE_NAME.test(name)) {
      throw badOption(`${where}: a rule is called as order-number is; got "${name}"`);
    }
    if (REDACTION_RULES.includes(name))
      throw badOption(`${where}: there is a rule "${name}" already`);
  }
  return rules.map(([name, pattern]) => ({ name, pattern }));
}

function markOf({ replace, hash }: RedactOptions, where: string): RedactRules["mark"] {
  if (hash !== undefined && typeof hash !== "boolean") {
    throw badOption(`${where}: "hash" is true or false; got ${JSON.stringify(hash)}`);
  }
  if (replace === undefined) return hash === true ? "hash" : "label";
  if (typeof replace !== "string" || replace.length > MAX_REPLACEMENT) {
    throw badOption(`${where}: "replace" is a text of up to ${MAX_REPLACEMENT} characters`);
  }
  if (hash === true) throw badOption(`${where} has either "replace" or "hash"`);
  return { text: replace };
}

function texts(name: string, value: readonly string[] = [], where: string): readonly string[] {
  if (Array.isArray(value) && value.every((item) => typeof item === "string" && item !== "")) {
    return value;
  }
  throw badOption(`${where}: "${name}" is an array of texts, such as ["shoeSize"]`);
}

function knownRules(
  name: string,
  value: readonly string[] | undefined,
  rules: readonly string[],
  where: string,
): readonly string[] {
  const chosen = texts(name, value, where);
  const other = chosen.find((rule) => !rules.includes(rule));
  if (other === undefined) return chosen;
  throw badOption(`${where}: "${name}" knows no rule "${other}"${hintOf(other, rules)}`);
}

/** The nearest name, or all that there are. */
function hintOf(word: string, names: readonly string[]): string {
  const meant = suggest(word, names);
  return meant === undefined ? `; there are ${names.join(", ")}` : `: did you mean "${meant}"?`;
}
