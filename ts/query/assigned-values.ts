/**
 * What a call's assignments came to, by line and target:
 *
 *     assignedValues(call, 3) // [{ line: 4, name: "sum", values: [0, 5, 36], leftOut: 2 }]
 *
 * were 0, 5, two more, and 36.
 */
import type { Call, JsonValue } from "./results";

/** See the module. */
export interface AssignedValues {
  /** The line, from 1; 0 where it is not known. */
  readonly line: number;
  readonly name: string;
  /** The first ones and the last one. */
  readonly values: readonly JsonValue[];
  /** So many more came before the last one. */
  readonly leftOut: number;
}

/** In the order in which each was first made; of each at most so many values. */
export function assignedValues(
  { variables }: Pick<Call, "variables">,
  most: number,
): AssignedValues[] {
  const found = new Map<
    string,
    { line: number; name: string; values: JsonValue[]; leftOut: number }
  >();
  for (const { line, name, value, leftOut = 0 } of variables ?? []) {
    // See `assignmentsBeyond`.
    if (value === undefined) continue;
    const key = `${line} ${name}`;
    const target = found.get(key) ?? { line, name, values: [], leftOut: 0 };
    found.set(key, target);
    target.leftOut += leftOut;
    if (target.values.length === most) {
      target.values.pop();
      target.leftOut += 1;
    }
    target.values.push(value);
  }
  return [...found.values()];
}

/** `sum = 0 → 5 → … → 36`. `text`: a value's. */
export function assignedText(
  { name, values, leftOut }: AssignedValues,
  text: (value: JsonValue) => string,
): string {
  const texts = values.map(text);
  if (leftOut > 0) texts.splice(-1, 0, "…");
  return `${name} = ${texts.join(" → ")}`;
}

/** How many assignments of a call came behind those that it has. */
export function assignmentsBeyond({ variables }: Pick<Call, "variables">): number {
  const rest = variables?.at(-1);
  return rest?.value === undefined ? (rest?.leftOut ?? 0) : 0;
}
