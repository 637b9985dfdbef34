/**
 * The option `redact` as a text: what `--redact` and BREADCRUMB_REDACT say.
 *
 *     redactOf("off")                             // false
 *     redactOf("hash,also=email,except=card")     // { hash: true, also: ["email"], except: ["card"] }
 *     redactOf('{"rules":{"order":"ORD-\\d+"}}')   // the option itself, as JSON
 *
 * It says all of the option: what a configuration says is not joined. Limits: a comma ends a part, so patterns
 * are given as JSON.
 */
import { badOption } from "../errors";
import { type RedactOptions, redactRules } from "./redact";
import { suggest } from "./suggest";

type Lists = { names: string[]; also: string[]; except: string[] };

/** What is in front of `=`, and the list that it adds to. */
const LISTS: Readonly<Record<string, keyof Lists>> = {
  name: "names",
  also: "also",
  except: "except",
};
const WORDS = ["off", "on", "hash", "replace", ...Object.keys(LISTS)];

/** The option; `where` is what said it. Throws BC_ERR_BAD_OPTION. */
export function redactOf(text: string, where: string): RedactOptions | false {
  const said = text.trim();
  if (said === "off") return false;
  const options = said.startsWith("{") ? ofJson(said, where) : ofParts(said, where);
  redactRules(options, where);
  return options;
}

function ofJson(text: string, where: string): RedactOptions {
  try {
    return JSON.parse(text) as RedactOptions;
  } catch (cause) {
    throw badOption(`${where} is no JSON: ${(cause as Error).message}`);
  }
}

function ofParts(text: string, where: string): RedactOptions {
  const lists: Lists = { names: [], also: [], except: [] };
  const marks: { hash?: boolean; replace?: string } = {};
  for (const part of text.split(",").map((each) => each.trim())) {
    const at = part.indexOf("=");
    const word = at < 0 ? part : part.slice(0, at);
    const value = at < 0 ? undefined : part.slice(at + 1);
    const list = Object.hasOwn(LISTS, word) ? LISTS[word] : undefined;
    if (list !== undefined && value !== undefined) lists[list].push(value);
    else if (word === "replace" && value !== undefined) marks.replace = value;
    else if (word === "hash" && value === undefined) marks.hash = true;
    else if (part !== "on") throw badOption(`${where} ${wrong(part, word)}`);
  }
  const given = Object.entries(lists).filter(([, items]) => items.length > 0);
  return { ...Object.fromEntries(given), ...marks };
}

function wrong(part: string, word: string): string {
  const meant = WORDS.includes(word) ? undefined : suggest(word, WORDS);
  const hint = meant === undefined ? "" : ` Did you mean "${meant}"?`;
  return `is off, on, or hash, replace=…, name=…, also=…, except=… with commas between them, or JSON; got ${JSON.stringify(part)}.${hint}`;
}
