/**
 * Where two values differ.
 *
 *     valueChanges("arguments", [{ id: 1 }], [{ id: 2 }])   // [{ path: "arguments[0].id", a: 1, b: 2 }]
 *
 * Numbers of objects are no difference. Limits: the first `MAX_CHANGES`.
 */
import type { ValueChange } from "./diff-result";
import { withoutObjectIds } from "./object-ids";
import type { JsonValue } from "./results";
import { formatValuePath } from "../options/value-path";

/** Places that are listed. */
const MAX_CHANGES = 10;

/** The places, in the order of the values. */
export function valueChanges(
  head: "arguments" | "result",
  a: JsonValue | undefined,
  b: JsonValue | undefined,
): ValueChange[] {
  const changes: ValueChange[] = [];
  const compare = (
    left: JsonValue | undefined,
    right: JsonValue | undefined,
    steps: readonly (string | number)[],
  ): void => {
    if (changes.length === MAX_CHANGES || left === right) return;
    if (!isContainer(left) || !isContainer(right) || Array.isArray(left) !== Array.isArray(right)) {
      changes.push({ path: formatValuePath({ head, steps }), a: left, b: right });
      return;
    }
    const names = new Set([...Object.keys(left), ...Object.keys(right)]);
    for (const name of names) {
      const step = Array.isArray(left) ? Number(name) : name;
      compare(own(left, name), own(right, name), [...steps, step]);
    }
  };
  compare(withoutObjectIds(a), withoutObjectIds(b), []);
  return changes;
}

type Container = { readonly [name: string]: JsonValue };

function isContainer(value: JsonValue | undefined): value is Container {
  return typeof value === "object" && value !== null;
}

function own(container: Container, name: string): JsonValue | undefined {
  return Object.hasOwn(container, name) ? container[name] : undefined;
}
