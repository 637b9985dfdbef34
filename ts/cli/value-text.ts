/**
 * A recorded value as a JavaScript programmer would write it.
 *
 *     valueText({ $class: "Cart", items: [1, 2] })    // Cart { items: [1, 2] }
 *     valueText({ $type: "bigint", value: "12" })     // 12n
 *
 * Limits: for reading, not for parsing back; cut at `max` characters, inside long strings first.
 */
import type { JsonValue } from "../query/index";
import { cut, printable } from "./printable";

type Fields = { readonly [key: string]: JsonValue };

/** Deepest level that is written out. */
const MAX_DEPTH = 100;

/** The value's text, of at most `max` characters. */
export function valueText(value: JsonValue, max = Number.POSITIVE_INFINITY): string {
  return cut(write(value, max, 0), max);
}

function write(value: JsonValue, room: number, depth: number): string {
  if (typeof value === "string") return printable(JSON.stringify(cutString(value, room)));
  if (value === null || typeof value !== "object") return String(value);
  if (depth > MAX_DEPTH) return "…";
  if (Array.isArray(value)) return `[${join(value as readonly JsonValue[], room, depth)}]`;
  const fields = value as Fields;
  const type = fields["$type"];
  return typeof type === "string"
    ? writeTyped(type, fields, room, depth)
    : writeObject(fields, room, depth);
}

function cutString(text: string, room: number): string {
  return room < text.length ? cut(text, Math.max(2, room)) : text;
}

/** Items until the room is used up. */
function join(items: readonly JsonValue[], room: number, depth: number): string {
  const parts: string[] = [];
  let used = 0;
  for (const item of items) {
    if (used > room) break;
    const part = write(item, room - used, depth + 1);
    parts.push(part);
    used += part.length + 2;
  }
  return parts.join(", ");
}

function writeObject(fields: Fields, room: number, depth: number): string {
  const name = fields["$class"];
  const prefix = name === undefined ? "" : name === null ? "[null] " : `${plainText(name)} `;
  const head = `${prefix}${idText(fields)}`;
  return `${head}${braces(entryTexts(fields, ["$class", "$id"], room - head.length, depth))}`;
}

/** The number by which an object is told apart: `#12 `. */
function idText(fields: Fields): string {
  return fields["$id"] === undefined ? "" : `#${plainText(fields["$id"])} `;
}

function braces(parts: readonly string[]): string {
  return parts.length === 0 ? "{}" : `{ ${parts.join(", ")} }`;
}

/** Properties, but those that are told otherwise, until the room is used up. */
function entryTexts(
  fields: Fields,
  told: readonly string[],
  room: number,
  depth: number,
): readonly string[] {
  const parts: string[] = [];
  let used = 0;
  for (const [key, value] of Object.entries(fields)) {
    if (key === "$length" || told.includes(key)) continue;
    if (used > room) break;
    const part = `${keyText(key)}: ${write(value, room - used, depth + 1)}`;
    parts.push(part);
    used += part.length + 2;
  }
  if (fields["$length"] !== undefined) parts.push("…");
  return parts;
}

/** A key as the program has it; a symbol in brackets. */
function keyText(recorded: string): string {
  const symbol = /^\$symbol\((.*)\)(?:#\d+)?$/s.exec(recorded);
  if (symbol !== null) return printable(`[Symbol(${symbol[1]})]`);
  const key = recorded.startsWith("$$") ? recorded.slice(1) : recorded;
  return /^[\p{L}_$][\p{L}\p{N}_$]*$/u.test(key) ? key : printable(JSON.stringify(key));
}

/** What JSON has no word for: `{ "$type": … }`, and what a built-in object has beside its kind. */
function writeTyped(type: string, fields: Fields, room: number, depth: number): string {
  const kind = `${idText(fields)}${writeKind(type, fields, room, depth)}`;
  const name = fields["$class"];
  const isNamed = name !== undefined && type !== "bytes" && type !== "opaque";
  const properties = fields["properties"];
  const beside = isFields(properties)
    ? ` ${braces(entryTexts(properties, [], room - kind.length, depth))}`
    : "";
  return `${isNamed ? `${plainText(name)} ` : ""}${kind}${beside}`;
}

function isFields(value: JsonValue | undefined): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Head of a buffer: `61 62 …`. */
function hexText(fields: Fields): string {
  const hex = fields["hex"];
  if (typeof hex !== "string") return hex === undefined ? "" : " [redacted]";
  const bytes = hex.match(/../g) ?? [];
  const more = Number(fields["$length"]) > bytes.length ? " …" : "";
  return bytes.length === 0 ? "" : ` <${printable(bytes.join(" "))}${more}>`;
}

/** What an error carries beside name, message and stack: its cause first. */
const TOLD_OF_ERRORS = ["$type", "$class", "$id", "name", "message", "stack"];

function writeKind(type: string, fields: Fields, room: number, depth: number): string {
  const text = (key: string) => plainText(fields[key]);
  const inner = (key: string) => join((fields[key] ?? []) as readonly JsonValue[], room, depth);
  const more = (key: string) => (inner(key) === "" ? "…" : `${inner(key)}, …`);
  const isWhole = (key: string) =>
    (fields[key] as readonly JsonValue[] | undefined)?.length === fields["$length"];
  if (fields["$cut"] !== undefined) {
    const why = type === "unknown" ? `: ${text("$cut")}` : "";
    return `[${printable(type)}${why}]`;
  }
  switch (type) {
    case "undefined":
      return "undefined";
    case "number":
      return text("value");
    case "bigint":
      return `${fields["hex"] === undefined ? text("value") : text("hex")}n`;
    case "string":
      return `${printable(JSON.stringify(cutString(text("value"), room)))}…`;
    case "symbol":
      return `Symbol(${text("description")})`;
    case "function":
      return `ƒ ${text("name") || "anonymous"}`;
    case "regexp":
      return text("source");
    case "date":
      return fields["value"] === null ? "Invalid Date" : text("value");
    case "error": {
      const heading = `${text("name")}: ${text("message")}`;
      const beside = entryTexts(fields, TOLD_OF_ERRORS, room - heading.length, depth);
      return beside.length === 0 ? heading : `${heading} ${braces(beside)}`;
    }
    case "array":
      return isWhole("items") ? `[${inner("items")}]` : `[${more("items")}] (${text("$length")})`;
    case "typedarray":
      return `${text("elements")}(${text("$length")}) [${isWhole("items") ? inner("items") : more("items")}]`;
    case "set":
      return `Set(${text("$length")}) {${inner("items")}}`;
    case "map":
      return `Map(${text("$length")}) {${mapEntries(fields, room, depth)}}`;
    case "bytes":
      return `${text("$class")}(${text("$length")})${hexText(fields)}`;
    case "boxed":
      return `[boxed ${write(fields["value"] ?? null, room, depth + 1)}]`;
    case "opaque":
      return `[${text("$class")}]`;
    case "redacted":
      if (fields["text"] !== undefined) return text("text");
      return fields["hash"] === undefined ? "[redacted]" : `[redacted#${text("hash")}]`;
    case "circular":
      return fields["to"] === undefined ? "[circular]" : `[same as ${text("to")}]`;
    case "hole":
      return "<empty>";
    case "promise":
      return promiseText(fields, room, depth);
    case "unreadable":
      return text("text");
    default:
      return `[${printable(type)}]`;
  }
}

function promiseText(fields: Fields, room: number, depth: number): string {
  const { state, value } = fields;
  if (state === undefined) return "Promise";
  if (value === undefined) return `Promise <${plainText(state)}>`;
  return `Promise <${plainText(state)}: ${write(value, room, depth + 1)}>`;
}

function mapEntries(fields: Fields, room: number, depth: number): string {
  const entries = (fields["entries"] ?? []) as readonly (readonly [JsonValue, JsonValue])[];
  return entries
    .map(([key, value]) => `${write(key, room, depth + 1)} => ${write(value, room, depth + 1)}`)
    .join(", ");
}

/** A text that may itself have been cut or redacted. */
function plainText(value: JsonValue | undefined): string {
  if (value === undefined || value === null) return "";
  if (typeof value !== "object") return printable(String(value));
  const fields = value as Fields;
  return fields["$type"] === "string"
    ? `${plainText(fields["value"])}…`
    : write(value, Number.POSITIVE_INFINITY, 0);
}
