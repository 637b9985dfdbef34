/**
 * Arguments for tools, right ones and wrong ones.
 *
 *     fc.assert(fc.asyncProperty(toolCalls(tools, ids), async ({ name, args }) => { … }))
 *
 * Made from a tool's own schema: each parameter gets a value that fits it, one of those that mean
 * something in the store, or anything at all; now and then there is one that the tool does not know.
 */
import type { Tool } from "@modelcontextprotocol/sdk/types.js";
import * as fc from "fast-check";

/** A call of a tool. */
export interface ToolCall {
  readonly name: string;
  readonly args: Record<string, unknown>;
}

/** What parameters of these names mean something, in the store that is asked. */
export type Meaningful = Readonly<Record<string, readonly unknown[]>>;

interface Schema {
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
}

/** Names that nobody means well with. */
const ODD = [
  "__proto__",
  "constructor",
  "toString",
  "' OR 1=1 --",
  "%00",
  "../../etc/passwd",
  "\u0000",
  "\uD800",
  "💥".repeat(50),
  "*".repeat(30),
  "a".repeat(5000),
];

/** Calls of these tools. */
export function toolCalls(tools: readonly Tool[], meaningful: Meaningful): fc.Arbitrary<ToolCall> {
  return fc.oneof(
    ...tools.map((tool) =>
      argumentsFor(tool.inputSchema as Schema, meaningful).map((args) => ({
        name: tool.name,
        args,
      })),
    ),
    { weight: 1, arbitrary: fc.record({ name: fc.string(), args: anyObject() }) },
  );
}

function argumentsFor(
  schema: Schema,
  meaningful: Meaningful,
): fc.Arbitrary<Record<string, unknown>> {
  const entries = Object.entries(schema.properties ?? {});
  const recordOf = (valueOf: (name: string, type: Schema) => fc.Arbitrary<unknown>) =>
    fc.record(Object.fromEntries(entries.map(([name, type]) => [name, valueOf(name, type)])), {
      requiredKeys: [],
    });
  const fits = (name: string, type: Schema) => {
    // One name may mean a list here and a text there.
    const known = (meaningful[name] ?? []).filter((value) => {
      return value === undefined || Array.isArray(value) === (type.type === "array");
    });
    return known.length === 0
      ? fitting(type)
      : fc.oneof(
          { weight: 9, arbitrary: fc.constantFrom(...known) },
          { weight: 1, arbitrary: fitting(type) },
        );
  };
  const right = recordOf(fits).map((args) => Object.assign(required(schema, meaningful), args));
  const wrong = recordOf((name, type) =>
    fc.oneof(
      { weight: 2, arbitrary: fits(name, type) },
      { weight: 1, arbitrary: fc.constantFrom<unknown>(...ODD) },
      { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 2 }) },
    ),
  );
  return fc.oneof(
    { weight: 4, arbitrary: right },
    { weight: 2, arbitrary: wrong },
    { weight: 1, arbitrary: fc.tuple(right, anyObject()).map(([a, b]) => Object.assign({}, a, b)) },
  );
}

/** The first that means something, of every parameter that there must be. */
function required(schema: Schema, meaningful: Meaningful): Record<string, unknown> {
  const names = schema.required ?? [];
  return Object.fromEntries(names.map((name) => [name, meaningful[name]?.[0]]));
}

function anyObject(): fc.Arbitrary<Record<string, unknown>> {
  return fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 2 }), { maxKeys: 3 });
}

function fitting(type: Schema): fc.Arbitrary<unknown> {
  if (type.enum) return fc.constantFrom(...type.enum);
  if (type.anyOf) return fc.oneof(...type.anyOf.map(fitting));
  const bounds = {
    min: Math.max(type.minimum ?? -1000, -1e9),
    max: Math.min(type.maximum ?? 1000, 1e9),
  };
  switch (type.type) {
    case "integer":
      return fc.integer({ min: Math.ceil(bounds.min), max: Math.floor(bounds.max) });
    case "number":
      return fc.double({ ...bounds, noNaN: true });
    case "boolean":
      return fc.boolean();
    case "array":
      return fc.array(fitting(type.items ?? {}), { maxLength: 3 });
    case "object":
      return fc.record(
        Object.fromEntries(
          Object.entries(type.properties ?? {}).map(([name, of]) => [name, fitting(of)]),
        ),
        { requiredKeys: [] },
      );
    default:
      return fc.oneof(fc.string({ maxLength: 30 }), fc.constantFrom("latest", "*", "1h", ""));
  }
}
