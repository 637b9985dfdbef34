import { expect, test } from "vitest";
import { keepOf, keepRules } from "../../ts/options/keep";
import { type RootCondition, rootConditionOf, rootRules } from "../../ts/options/keep-when";

const OPEN = { min: null, max: null };
const NOTHING = {
  function: null,
  file: null,
  status: null,
  exceptionName: null,
  durationNs: OPEN,
  selfNs: OPEN,
  waitNs: OPEN,
  calls: OPEN,
  where: [],
};

test("conditions become what the native part asks", () => {
  const conditions: RootCondition[] = [
    { function: "handle*", file: "src/**", status: "threw", exceptionName: "Type*" },
    { minDurationMs: 0.5, maxDurationMs: 50, minSelfMs: 1, maxWaitMs: 2, minCalls: 3, maxCalls: 4 },
    {
      where: [
        { path: "arguments[0].tenant", value: "acme" },
        { path: "args.id", op: ">=", value: 7 },
        { path: "result", value: /^a/i },
        { path: "result.ok" },
        { path: "result.no", op: "exists", value: false },
      ],
    },
  ];
  expect(rootRules(conditions, "when")).toEqual([
    { ...NOTHING, function: "handle*", file: "src/**", status: "threw", exceptionName: "Type*" },
    {
      ...NOTHING,
      durationNs: { min: 500_000, max: 50_000_000 },
      selfNs: { min: 1_000_000, max: null },
      waitNs: { min: null, max: 2_000_000 },
      calls: { min: 3, max: 4 },
    },
    {
      ...NOTHING,
      where: [
        { head: "arguments", steps: [0, "tenant"], op: "=", value: "acme" },
        { head: "arguments", steps: ["id"], op: ">=", value: 7 },
        { head: "result", steps: [], op: "matches", value: "(?i)^a" },
        { head: "result", steps: ["ok"], op: "exists", value: null },
        { head: "result", steps: ["no"], op: "exists", value: false },
      ],
    },
  ]);
});

test("a line says the same, and may be said again", () => {
  const text = `errors,when function=handle* and duration>50ms and calls<9, 1%,
    when exceptionName=TypeError and args.name="a, b" and args.id~/x,y/ and result.ok=true`;
  expect(keepOf(text)).toEqual({
    errors: true,
    share: 0.01,
    when: [
      { function: "handle*", minDurationMs: 50, maxCalls: 9 },
      {
        exceptionName: "TypeError",
        where: [
          { path: "args.name", op: "=", value: "a, b" },
          { path: "args.id", op: "matches", value: "x,y" },
          { path: "result.ok", op: "=", value: true },
        ],
      },
    ],
  });
});

test.each<[RootCondition, string]>([
  [{ functoin: "x" } as never, 'when[0] has no "functoin": did you mean "function"?'],
  [{ frobnicate: 1 } as never, 'when[0] has no "frobnicate"; it has function,'],
  [[] as never, "when[0] is an object of function, file"],
  [{}, "when[0] says nothing: it has function,"],
  [{ where: [] }, "when[0] says nothing"],
  [{ function: "" }, "function is a name"],
  [{ status: "failed" as never }, "status is one of returned, threw, open"],
  [{ minDurationMs: "5ms" as never }, "minDurationMs is a number of ms"],
  [{ minCalls: 1.5 }, "minCalls is a whole number"],
  [{ where: {} as never }, "where is a list"],
  [
    { where: [{ path: "args.id", vaule: 7 } as never] },
    'where[0] has no "vaule": did you mean "value"?',
  ],
  [{ where: [{ path: "nothing.here" }] }, "path is one such as"],
  [{ where: [{ path: "result", op: "like" as never }] }, "op is one of ="],
  [{ where: [{ path: "result", op: "<", value: true }] }, "value of < is of type"],
])("%j is refused", (condition, message) => {
  const keep = { when: [condition] };
  expect(() => keepRules(keep)).toThrow(message);
  expect(() => keepRules(keep)).toThrow(expect.objectContaining({ code: "BC_ERR_BAD_OPTION" }));
});

test("what is no list, or too long a one, is refused", () => {
  expect(() => keepRules({ when: {} as never })).toThrow("when is a list of at most 32 conditions");
  const many = Array.from({ length: 33 }, () => ({ function: "f" }));
  expect(() => keepRules({ when: many })).toThrow("got 33");
});

test("a line that is none is told with what is near", () => {
  expect(() => rootConditionOf("functoin=x", "--keep")).toThrow(
    '--keep is conditions joined by "and", such as when function=handle*',
  );
  expect(() => rootConditionOf("functoin=x", "--keep")).toThrow("did you mean function…?");
  expect(() => rootConditionOf("calls>many", "--keep")).toThrow("did you mean calls>5?");
});
