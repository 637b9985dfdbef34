/**
 * One entry of an object in a JSON file of others: put in and taken out, the rest left byte by byte.
 *
 *     addEntry('{ "mcpServers": {} }', ["mcpServers", "breadcrumb"], { command: "npx" }, "x.json")
 *     // '{ "mcpServers": {"breadcrumb": { "command": "npx" }} }'
 *
 * What was put in and is taken out leaves the text that there was: an entry stands behind the last one,
 * without a line of its own where the object has none. Limits: keys of two levels.
 */
import { type Node, parseTree, type ParseError, printParseErrorCode } from "jsonc-parser";
import { BreadcrumbError } from "../../errors";

/** Where an entry stands: the object's key in the file, and its own. */
export type EntryPath = readonly [object: string, key: string];

/** What a file may have beside JSON. */
export interface JsonDialect {
  /** Comments and a comma behind the last entry. */
  readonly comments: boolean;
}

/** A file and how to read it. */
export interface JsonFile extends JsonDialect {
  /** Its name, for messages. */
  readonly name: string;
}

/** The entry's value; undefined if there is none. Throws `BC_ERR_BAD_OPTION`. */
export function entryValue(text: string, path: EntryPath, file: JsonFile): unknown {
  const value = entryOf(text, path, file).entry?.children?.[1];
  return value && valueOf(value);
}

/** The text with the entry, which it must not have. */
export function addEntry(text: string, path: EntryPath, value: object, file: JsonFile): string {
  const { root, object } = entryOf(text, path, file);
  const [name, key] = path;
  const entry = `${JSON.stringify(key)}: ${onOneLine(value)}`;
  if (object) return insertEntry(text, object, entry);
  return insertEntry(text, root, `${JSON.stringify(name)}: { ${entry} }`);
}

/** The text of a file that has the entry only. */
export function newFile([name, key]: EntryPath, value: object): string {
  return `${JSON.stringify({ [name]: { [key]: value } }, null, 2)}\n`;
}

/** The text without the entry, which it must have; without the object if that came with it. */
export function removeEntry(text: string, path: EntryPath, file: JsonFile): string {
  const { root, object, entry } = entryOf(text, path, file);
  if (!object || !entry) throw new Error(`no ${path.join(".")}`);
  const own = text.slice(object.offset, object.offset + object.length);
  const cameWithIt = own === `{ ${text.slice(entry.offset, entry.offset + entry.length)} }`;
  return cameWithIt ? cut(text, root, object.parent as Node) : cut(text, object, entry);
}

function insertEntry(text: string, object: Node, entry: string): string {
  const last = object.children?.at(-1);
  if (last) {
    const at = last.offset + last.length;
    return `${text.slice(0, at)},${gapBefore(text, object, last)}${entry}${text.slice(at)}`;
  }
  // Behind the brace: on a line of its own only if the other brace has one.
  const at = object.offset + 1;
  const inside = text.slice(at, object.offset + object.length - 1);
  const [, line = ""] = /(\r?\n[ \t]*)$/.exec(inside) ?? [];
  const indent = line.includes("\t") ? "\t" : "  ";
  return `${text.slice(0, at)}${line && line + indent}${entry}${text.slice(at)}`;
}

/** The white space before an object's last entry, so that the next one stands like it. */
function gapBefore(text: string, object: Node, last: Node): string {
  const [, line] = /(\r?\n[ \t]*)$/.exec(text.slice(object.offset + 1, last.offset)) ?? [];
  return line ?? " ";
}

/** An entry and the comma and white space that came with it; comments stay. */
function cut(text: string, object: Node, entry: Node): string {
  const entries = object.children ?? [];
  const index = entries.indexOf(entry);
  const [before, after] = [entries[index - 1], entries[index + 1]];
  const from = before ? before.offset + before.length : object.offset + 1;
  const end = entry.offset + entry.length;
  const lead = text.slice(from, entry.offset);
  if (before && /^\s*,\s*$/.test(lead)) return text.slice(0, from) + text.slice(end);
  // There is a comment, or no comma, before it: then the comma behind it goes.
  const comma = (after ? /^\s*,\s*/ : /^\s*,/).exec(text.slice(end))?.[0] ?? "";
  const kept = after || before || lead.trim() !== "" ? lead : "";
  return text.slice(0, from) + kept + text.slice(end + comma.length);
}

function entryOf(text: string, [name, key]: EntryPath, file: JsonFile) {
  const root = parse(text, file);
  if (root.type !== "object") throw bad(file, "is no JSON object");
  const object = property(root, name, file)?.children?.[1];
  if (object && object.type !== "object") throw bad(file, `has a "${name}" that is no object`);
  return { root, object, entry: object && property(object, key, file) };
}

function parse(text: string, file: JsonFile): Node {
  const errors: ParseError[] = [];
  const body = text.replace(/^\uFEFF/, " ");
  const root = parseTree(body, errors, {
    disallowComments: !file.comments,
    allowTrailingComma: file.comments,
  });
  const [first] = errors;
  if (root && !first) return root;
  const line = text.slice(0, first?.offset).split("\n").length;
  const what = first ? printParseErrorCode(first.error) : "ValueExpected";
  throw bad(file, `is no valid JSON (${what}, line ${line})`);
}

function property(object: Node, key: string, file: JsonFile): Node | undefined {
  const found = (object.children ?? []).filter(({ children }) => children?.[0]?.value === key);
  if (found.length > 1) throw bad(file, `has "${key}" ${found.length} times`);
  return found[0];
}

function valueOf({ type, children = [], value }: Node): unknown {
  if (type === "array") return children.map(valueOf);
  if (type !== "object") return value;
  return Object.fromEntries(
    children.map((each) => [
      each.children?.[0]?.value,
      each.children?.[1] && valueOf(each.children[1]),
    ]),
  );
}

/** `{ "command": "npx", "args": ["a", "b"] }`. */
function onOneLine(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(onOneLine).join(", ")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const entries = Object.entries(value).map(
    ([key, each]) => `${JSON.stringify(key)}: ${onOneLine(each)}`,
  );
  return `{ ${entries.join(", ")} }`;
}

function bad(file: JsonFile, what: string): BreadcrumbError {
  return new BreadcrumbError(
    "BC_ERR_BAD_OPTION",
    `${file.name} ${what}: mend it first; it is left as it is`,
  );
}
