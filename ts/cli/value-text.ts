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
  const parts: string[] = [];
  let used = prefix.length;
  for (const [key, value] of Object.entries(fields)) {
    if (key === "$class" || key === "$length") continue;
    if (used > room) break;
    const plain = key.startsWith("$$") ? key.slice(1) : key;
    const part = `${keyText(plain)}: ${write(value, room - used, depth + 1)}`;
    parts.push(part);
    used += part.length + 2;
  }
  if (fields["$length"] !== undefined) parts.push("…");
  return parts.length === 0 ? `${prefix}{}` : `${prefix}{ ${parts.join(", ")} }`;
}

function keyText(key: string): string {
  return /^[\p{L}_$][\p{L}\p{N}_$]*$/u.test(key) ? key : printable(JSON.stringify(key));
}

/** What JSON has no word for: `{ "$type": … }`. */
function writeTyped(type: string, fields: Fields, room: number, depth: number): string {
  const text = (key: string) => plainText(fields[key]);
  const inner = (key: string) => join((fields[key] ?? []) as readonly JsonValue[], room, depth);
  const more = (key: string) => (inner(key) === "" ? "…" : `${inner(key)}, …`);
  if (fields["$cut"] !== undefined) return `[${printable(type)}]`;
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
    case "error":
      return `${text("name")}: ${text("message")}`;
    case "array":
      return `[${more("items")}] (${text("$length")})`;
    case "set":
      return `Set(${text("$length")}) {${inner("items")}}`;
    case "map":
      return `Map(${text("$length")}) {${mapEntries(fields, room, depth)}}`;
    case "bytes":
      return `${text("$class")}(${text("$length")})`;
    case "redacted":
      if (fields["text"] !== undefined) return text("text");
      return fields["hash"] === undefined ? "[redacted]" : `[redacted#${text("hash")}]`;
    case "circular":
      return "[circular]";
    case "hole":
      return "<empty>";
    case "promise":
      return "Promise";
    case "unreadable":
      return text("text");
    default:
      return `[${printable(type)}]`;
  }
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
