/**
 * What sets a call apart from calls of the same function that succeeded.
 *
 *     compareWithOthers(call, others)
 *     // { compared: 50, nearest: Call, changes: [{ path: "arguments[0].qty", a: 1, b: -1 }],
 *     //   unusual: [{ path: "arguments[0].qty", here: "-1", usually: "1, 2, 3" }] }
 *
 * The nearest is the one whose arguments differ in the fewest places. A place is unusual if its kind of
 * value, or its absence, is that of none of the others; or its value, where the others have few. Numbers
 * of objects are no difference.
 * Limits: the first `MAX_PLACES` places of the arguments; recorded values, which may have been cut.
 */
import type { Call, JsonValue, ValueChange } from "../query/index";
import { withoutObjectIds } from "../query/object-ids";
import { valueChanges } from "../query/value-changes";
import { formatValuePath } from "../options/value-path";
import { short } from "./clean-text";

/** Places of the arguments that are looked at. */
const MAX_PLACES = 200;
const MAX_DEPTH = 6;
/** Where others have more values than these, another one says nothing. */
const FEW_VALUES = 4;
/** How often each of few values comes, if they are a habit. */
const REPEATS = 3;
/** Places that are told. */
const MOST_UNUSUAL = 10;
/** Calls that a habit takes. */
const LEAST_OTHERS = 2;

/** A place where a call is not as others. */
export interface Unusual {
  readonly path: string;
  readonly here: string;
  readonly usually: string;
}

/** A comparison. */
export interface Comparison {
  readonly compared: number;
  readonly nearest: Call | null;
  /** From the nearest (a) to the call (b). */
  readonly changes: readonly ValueChange[];
  readonly unusual: readonly Unusual[];
}

/** Compares them. */
export function compareWithOthers(call: Call, others: readonly Call[]): Comparison {
  let nearest: Call | null = null;
  let changes: readonly ValueChange[] = [];
  for (const other of others) {
    const found = valueChanges("arguments", other.arguments, call.arguments);
    if (nearest !== null && found.length >= changes.length) continue;
    nearest = other;
    changes = found;
    if (found.length === 0) break;
  }
  return { compared: others.length, nearest, changes, unusual: unusualPlaces(call, others) };
}

function unusualPlaces(call: Call, others: readonly Call[]): Unusual[] {
  if (others.length < LEAST_OTHERS) return [];
  const here = leavesOf(call.arguments);
  const all = others.map((other) => leavesOf(other.arguments));
  const unusual: Unusual[] = [];
  for (const path of new Set([...here.keys(), ...all.flatMap((leaves) => [...leaves.keys()])])) {
    const values = new Set(all.map((leaves) => leaves.get(path) ?? "absent"));
    const own = here.get(path) ?? "absent";
    const kinds = new Set([...values].map(kindOf));
    // Values that hardly repeat are no habit: ids, dates.
    const isHabit = values.size <= FEW_VALUES && values.size * REPEATS <= others.length;
    const isOdd = !kinds.has(kindOf(own)) || (isHabit && !values.has(own));
    if (!isOdd) continue;
    const usually = [...values].slice(0, FEW_VALUES).join(", ");
    unusual.push({
      path: short(path, 100),
      here: short(own, 80),
      usually: short(values.size > FEW_VALUES ? `${usually}, …` : usually, 120),
    });
  }
  return unusual.slice(0, MOST_UNUSUAL);
}

/** The leaves of a value by path, as JSON. */
function leavesOf(value: JsonValue | undefined): Map<string, string> {
  const leaves = new Map<string, string>();
  const walk = (at: JsonValue, steps: readonly (string | number)[]): void => {
    if (leaves.size >= MAX_PLACES) return;
    if (typeof at !== "object" || at === null || steps.length >= MAX_DEPTH || "$type" in at) {
      leaves.set(formatValuePath({ head: "arguments", steps }), JSON.stringify(at));
      return;
    }
    const isArray = Array.isArray(at);
    const entries = Object.entries(at as Record<string, JsonValue>);
    if (entries.length === 0) {
      leaves.set(formatValuePath({ head: "arguments", steps }), isArray ? "[]" : "{}");
    }
    for (const [name, item] of entries) walk(item, [...steps, isArray ? Number(name) : name]);
  };
  if (value !== undefined) walk(withoutObjectIds(value), []);
  return leaves;
}

/** What kind of value a JSON text is: by its first character, NaN and undefined, say, by their `$type`. */
function kindOf(json: string): string {
  if (json === "absent") return json;
  const type = /^\{"\$type":"([^"]*)"/.exec(json)?.[1];
  if (type !== undefined) return `$${type}`;
  const first = json.charAt(0);
  if (first === "-") return "negative number";
  return /\d/.test(first) ? "number" : first;
}
