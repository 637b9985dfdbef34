/**
 * A recorded value cut to a size, with the places where something was cut.
 *
 *     cutValue(["aaaa…", 1], 40, "arguments")
 *     // { value: ["aaaa… [960 more characters]", 1], cut: ["arguments[0]"] }
 *
 * Each place is a path that `get_value` takes. Limits: sizes are bytes of JSON, met within the length
 * of the marks.
 */
import type { JsonValue } from "../query/index";
import { formatValuePath } from "../options/value-path";
import { beginning, cleanText, jsonBytes, LOOK_AHEAD } from "./clean-text";

/** Places that are named. */
const MAX_PLACES = 3;
/** Deepest level that is written out. */
const MAX_DEPTH = 12;
/** Shortest beginning of a text that is worth a mark. */
const LEAST_TEXT = 16;
/** Longest name of a property. */
const MAX_NAME = 100;

/** A value and where it was cut. */
export interface Cut {
  readonly value: JsonValue;
  /** Paths; the first few. */
  readonly cut: readonly string[];
}

type Steps = readonly (string | number)[];

/** The value in at most about `most` bytes. */
export function cutValue(value: JsonValue, most: number, head: "arguments" | "result"): Cut {
  const cutter = new Cutter(most, head);
  return { value: cutter.take(value, []), cut: cutter.places };
}

/** The value of that; null where there is none. */
export function cutOrNull(
  value: JsonValue | undefined,
  most: number,
  head: "arguments" | "result",
): JsonValue {
  return value === undefined ? null : cutValue(value, most, head).value;
}

class Cutter {
  readonly places: string[] = [];
  readonly #head: "arguments" | "result";
  #left: number;

  constructor(most: number, head: "arguments" | "result") {
    this.#left = most;
    this.#head = head;
  }

  take(value: JsonValue, steps: Steps): JsonValue {
    if (typeof value === "string") return this.#text(value, steps);
    if (typeof value !== "object" || value === null) {
      this.#left -= String(value).length + 1;
      return value;
    }
    if (steps.length >= MAX_DEPTH) return this.#more(steps, "deeper values");
    return Array.isArray(value)
      ? this.#items(value as readonly JsonValue[], steps)
      : this.#fields(value as { readonly [name: string]: JsonValue }, steps);
  }

  #text(recorded: string, steps: Steps): string {
    const room = Math.max(LEAST_TEXT, this.#left - 2);
    const isNear = recorded.length <= room * LOOK_AHEAD;
    const text = cleanText(isNear ? recorded : recorded.slice(0, room * LOOK_AHEAD));
    const bytes = jsonBytes(text);
    if (isNear && bytes <= room) {
      this.#left -= bytes + 3;
      return text;
    }
    const kept = beginning(text, room);
    this.#left -= room + 3;
    return `${kept}… [${this.#mark(steps, recorded.length - kept.length)} more characters]`;
  }

  #items(items: readonly JsonValue[], steps: Steps): JsonValue {
    const taken: JsonValue[] = [];
    this.#left -= 2;
    for (const [i, item] of items.entries()) {
      if (this.#left <= 0) {
        taken.push(this.#more(steps, `${items.length - i} more items`));
        break;
      }
      taken.push(this.take(item, [...steps, i]));
    }
    return taken;
  }

  #fields(fields: { readonly [name: string]: JsonValue }, steps: Steps): JsonValue {
    const names = Object.keys(fields);
    const taken: [string, JsonValue][] = [];
    this.#left -= 2;
    for (const [i, name] of names.entries()) {
      if (this.#left <= 0 || jsonBytes(name) > MAX_NAME) {
        taken.push(["$cut", this.#mark(steps, `${names.length - i} more properties`)]);
        break;
      }
      this.#left -= jsonBytes(name) + 3;
      taken.push([cleanText(name), this.take(fields[name] as JsonValue, [...steps, name])]);
    }
    return Object.fromEntries(taken);
  }

  #more(steps: Steps, what: string): JsonValue {
    this.#left -= what.length + 10;
    return { $cut: this.#mark(steps, what) };
  }

  /** Notes the place, and returns `what`. */
  #mark<T>(steps: Steps, what: T): T {
    const path = formatValuePath({ head: this.#head, steps });
    if (
      this.places.length < MAX_PLACES &&
      jsonBytes(path) <= MAX_NAME &&
      !this.places.includes(path)
    ) {
      this.places.push(path);
    }
    return what;
  }
}
