import * as fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  type Call,
  type JsonValue,
  openStore,
  type Store,
  type ValueCondition,
} from "../../ts/query/index";
import { parseValuePath } from "../../ts/options/value-path";
import { randomStore } from "./support/random-store";
import { newFolder } from "./support/sample-store";
import { call as row, StoreWriter } from "./support/store-writer";

let store: Store;
let all: readonly Call[];
beforeAll(async () => {
  store = await openStore((await randomStore({ seed: 3, calls: 150 })).dir);
  all = (await store.calls({ limit: 100_000 })).items;
});
afterAll(() => store.close());

const keyOf = ({ runId, callId, arguments: given, result }: Call) =>
  JSON.stringify([runId, callId, given, result]);

/** The value at a path, walked to. */
function valueAt(call: Call, path: string): JsonValue | undefined {
  const { head, steps } = parseValuePath(path);
  const [first, ...rest] = steps;
  let value: JsonValue | undefined = call[head];
  let left: readonly (string | number)[] = steps;
  if (head === "arguments" && typeof first === "string") {
    const index = call.parameters.indexOf(first);
    if (index < 0) return undefined;
    value = (value as JsonValue[] | undefined)?.[index];
    left = rest;
  }
  for (const step of left) {
    if (typeof value !== "object" || value === null) return undefined;
    if (Array.isArray(value) && step === "length") return undefined;
    value = Object.hasOwn(value, step) ? (value as Record<string, JsonValue>)[step] : undefined;
  }
  return value;
}

function holds(found: JsonValue | undefined, { op, value }: ValueCondition): boolean {
  if (op === "exists") return (found !== undefined) === (value ?? true);
  if (found === undefined) return false;
  // null has no text.
  const text = typeof found === "string" ? found : found === null ? "" : JSON.stringify(found);
  switch (op) {
    case "=":
      return found === value;
    case "!=":
      return found !== value;
    case "contains":
      return text.includes(value as string);
    case "matches":
      return new RegExp(value as string).test(text);
    default:
      if (typeof found !== typeof value) return false;
      return {
        "<": found! < value!,
        "<=": found! <= value!,
        ">": found! > value!,
        ">=": found! >= value!,
      }[op as "<"];
  }
}

const PATHS = `arguments arguments[0] arguments[1] arguments[2] arguments[0].user.id args.user
  args.user.id args.id args.rest args.options args.options.user.id args.nobody result result.id
  result[0] result.user.id result.user.tags[0] result["a/b"] result["a.b"] result["x~y"]
  arguments[0]["0"]`;
const paths = fc.constantFrom(...PATHS.split(/\s+/));
const values = fc.constantFrom(7, -1, 1.5, 3, 20, "7", "", "Ann", 'say "hi"\n', "a\\b", true, null);
const conditions: fc.Arbitrary<ValueCondition> = fc.oneof(
  fc.record({ path: paths, op: fc.constantFrom("=" as const, "!=" as const), value: values }),
  fc.record({
    path: paths,
    op: fc.constantFrom("<" as const, "<=" as const, ">" as const, ">=" as const),
    value: fc.constantFrom(0, 1.5, 7, "", "7", "B"),
  }),
  fc.record({
    path: paths,
    op: fc.constant("contains" as const),
    value: fc.constantFrom("n", '"', "1", "\n", "\\"),
  }),
  fc.record({
    path: paths,
    op: fc.constant("matches" as const),
    value: fc.constantFrom("^A", "[0-9]{2}", "hi", "^-?1"),
  }),
  fc.record({
    path: paths,
    op: fc.constant("exists" as const),
    value: fc.constantFrom(undefined, true, false),
  }),
);

test("conditions on values find what a naive reader finds", async () => {
  let found = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(conditions, { minLength: 1, maxLength: 2 }), async (where) => {
      const { items } = await store.calls({ where, limit: 100_000 });
      const expected = all.filter((call) =>
        where.every((condition) => holds(valueAt(call, condition.path), condition)),
      );
      expect(items.map(keyOf)).toEqual(expected.map(keyOf));
      found += Number(items.length > 0);
    }),
    { numRuns: 100, seed: 4 },
  );
  expect(found).toBeGreaterThan(25);
});

test("the operator follows from the value where it is left out", async () => {
  const count = async (...where: ValueCondition[]) =>
    (await store.calls({ where, limit: 100_000 })).items.length;
  const result = "result";
  expect(await count({ path: result, value: 7 })).toBe(
    await count({ path: result, op: "=", value: 7 }),
  );
  expect(await count({ path: result })).toBe(await count({ path: result, op: "exists" }));
  const anyCase = await count({ path: result, value: /^aNN$/i });
  expect(anyCase).toBe(await count({ path: result, value: "Ann" }));
  expect(anyCase).toBeGreaterThan(0);
});

test("a stored value that is no JSON is passed over", async () => {
  const dir = newFolder();
  const writer = await StoreWriter.create(dir);
  writer.run({ runId: "r1" });
  await writer.segment({
    runId: "r1",
    calls: [
      row({ call_id: 1, argument_count: null, arguments_json: "[oops", result_json: "oops" }),
      row({ call_id: 2, argument_count: null, arguments_json: '["x"]', result_json: '{"a":1}' }),
    ],
  });
  await using open = await openStore(dir);
  const ids = async (where: ValueCondition[]) =>
    (await open.calls({ where })).items.map(({ callId }) => callId);
  expect(await ids([{ path: "arguments[0]" }])).toEqual([2]);
  expect(await ids([{ path: "result.a", value: 1 }])).toEqual([2]);
  expect(await ids([{ path: "result", op: "exists", value: false }])).toEqual([1]);
});

test.each<[string, ValueCondition]>([
  ["path", { path: "nothing.here" }],
  ["op", { path: "result", op: "like" as "=" }],
  ["value", { path: "result", op: "<", value: true }],
  ["value", { path: "result", op: "=", value: Number.NaN }],
  ["value", { path: "result", op: "contains", value: 7 }],
  ["value", { path: "result", op: "=", value: {} as string }],
  ["regular expression", { path: "result", op: "matches", value: "(?=look)" }],
  ["condition", null as unknown as ValueCondition],
])("a bad %s is refused", async (name, condition) => {
  await expect(store.calls({ where: [condition] })).rejects.toMatchObject({
    code: "BC_ERR_BAD_OPTION",
    message: expect.stringContaining(name),
  });
});

test("what a condition says is a value, never SQL", async () => {
  const hostile = "x') OR true --";
  const where: ValueCondition[] = [
    { path: `result[${JSON.stringify(hostile)}]`, value: hostile },
    { path: `args[${JSON.stringify(hostile)}]`, op: "contains", value: hostile },
  ];
  expect((await store.calls({ where })).items).toEqual([]);
});
