/**
 * Which secrets are redacted: the user's choice → what the native part takes.
 *
 * `{ names: ["shoeSize"], also: ["email"], except: ["card"] }`. Limits: a rule is known by the name
 * that a redacted value has; one that does not exist is refused.
 */
import { BreadcrumbError } from "../errors";

/** Rules that are off unless they are in `also`. */
const OPTIONAL = ["email", "phone", "ip"];
/** Rules of `crates/redact` that are always on unless they are in `except`. */
const USUAL = [
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
];

/** Option `redact`. */
export interface RedactOptions {
  /** Further names of secrets: `shoeSize` also matches `my_shoe_size`. @default none */
  readonly names?: readonly string[];
  /** Rules that are off by themselves: `email`, `phone`, `ip`. @default none */
  readonly also?: readonly string[];
  /** Rules that are not to fire, by the name that a redacted value has: `card`. @default none */
  readonly except?: readonly string[];
}

/** As the native part takes them. */
export type RedactRules = Required<RedactOptions>;

/** Checks the option. Throws BC_ERR_BAD_OPTION. */
export function redactRules(given: RedactOptions | false | undefined): RedactRules | null {
  if (given === false) return null;
  if (given === undefined) return { names: [], also: [], except: [] };
  if (typeof given !== "object" || given === null) {
    throw bad(`Option "redact" must be an object or false; got ${String(given)}`);
  }
  for (const key of Object.keys(given)) {
    if (key !== "names" && key !== "also" && key !== "except") {
      throw bad(`Option "redact" has names, also and except; got "${key}"`);
    }
  }
  return {
    names: texts("names", given.names),
    also: known("also", given.also, OPTIONAL),
    except: known("except", given.except, [...USUAL, ...OPTIONAL]),
  };
}

function texts(name: string, value: readonly string[] = []): readonly string[] {
  if (Array.isArray(value) && value.every((item) => typeof item === "string" && item !== "")) {
    return value;
  }
  throw bad(`Option "redact.${name}" must be an array of texts, such as ["iban"]`);
}

function known(
  name: string,
  value: readonly string[] | undefined,
  rules: readonly string[],
): readonly string[] {
  const chosen = texts(name, value);
  const other = chosen.find((rule) => !rules.includes(rule));
  if (other === undefined) return chosen;
  throw bad(`Option "redact.${name}" knows no rule "${other}"; there are ${rules.join(", ")}`);
}

function bad(message: string): BreadcrumbError {
  return new BreadcrumbError("BC_ERR_BAD_OPTION", message);
}
