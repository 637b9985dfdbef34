import * as fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  type Call,
  openStore,
  type RecordedException,
  type SearchFilter,
  type SearchMatch,
  type Store,
} from "../../ts/query/index";
import { randomStore } from "./support/random-store";
import { RUN_A, sampleStore } from "./support/sample-store";

let store: Store;
let calls: readonly Call[];
let thrown: readonly RecordedException[];
beforeAll(async () => {
  store = await openStore((await randomStore({ seed: 5, calls: 100 })).dir);
  calls = (await store.calls({ limit: 100_000 })).items;
  thrown = (await store.exceptions({ limit: 100_000 })).items;
});
afterAll(() => store.close());

const keyOf = (of: Pick<SearchMatch, "runId" | "callId" | "exceptionId" | "kind">) =>
  `${of.runId} ${of.kind} ${of.kind === "call" ? of.callId : of.exceptionId}`;

/** What has the text, by a walk over everything. */
function naive(has: (text: string, isJson: boolean) => boolean): string[] {
  const json = (value: unknown) => value !== undefined && has(JSON.stringify(value), true);
  const ofCalls = calls
    .filter((c) => has(c.function, false) || json(c.arguments) || json(c.result))
    .map(({ runId, callId }) => keyOf({ runId, callId, exceptionId: null, kind: "call" }));
  const ofThrown = thrown
    .filter((e) => [e.name, e.message, e.stack ?? ""].some((text) => has(text, false)))
    .map(({ runId, callId, exceptionId }) =>
      keyOf({ runId, callId, exceptionId, kind: "exception" }),
    );
  return [...ofCalls, ...ofThrown].toSorted();
}

async function every(wanted: string | RegExp, filter: SearchFilter = {}): Promise<SearchMatch[]> {
  const items: SearchMatch[] = [];
  let cursor: string | undefined;
  do {
    const page = await store.search(wanted, { ...filter, limit: 7, cursor });
    items.push(...page.items);
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
  return items;
}

test("a text is found wherever a naive reader finds it, in pages, newest first", async () => {
  const texts = fc.constantFrom(
    ...'Ann,Cart.a,hi"\n,a\\b,user,17,-3,1.5,quoted,at load,x~y,50%,",,['.split(","),
    "7,",
    "é",
  );
  await fc.assert(
    fc.asyncProperty(
      texts.filter((text) => text !== ""),
      async (text) => {
        const escaped = JSON.stringify(text).slice(1, -1);
        const items = await every(text);
        expect(items.map(keyOf).toSorted()).toEqual(
          naive((field, isJson) => field.includes(isJson ? escaped : text)),
        );
        expect(items.map(({ at }) => at)).toEqual(
          items
            .map(({ at }) => at)
            .toSorted()
            .toReversed(),
        );
      },
    ),
    { numRuns: 14, seed: 6 },
  );
});

test("so is what a regular expression matches", async () => {
  for (const pattern of [/ann/i, /"id":[0-3]\b/, /^Cart\.t/, /no 1.*"$/]) {
    const items = await every(pattern);
    expect(items.map(keyOf).toSorted()).toEqual(naive((text) => pattern.test(text)));
    expect(items.length).toBeGreaterThan(0);
  }
});

test("it says where it stands, and what around it", async () => {
  await using sample = await openStore((await sampleStore()).dir);
  const found = async (wanted: string | RegExp, filter?: SearchFilter) =>
    (await sample.search(wanted, filter)).items.map(({ callId, found: places }) =>
      [callId as unknown].concat(places),
    );
  expect(await found("strict")).toEqual([
    [
      2,
      {
        field: "arguments",
        path: "arguments[1].strict",
        excerpt: '["a.json",{"$class":"Options","strict":true}]',
      },
    ],
  ]);
  expect(await found(/u[A-Z]?ndefined/, { function: "main" })).toEqual([
    [10, { field: "result", path: "result.$type", excerpt: '{"$type":"undefined"}' }],
  ]);
  expect(await found("parse (", { in: ["stack"] })).toEqual([
    [3, { field: "stack", path: "stack", excerpt: expect.stringContaining("at parse (src") }],
  ]);
  expect((await sample.search("JSON input")).items).toEqual([
    {
      kind: "exception",
      runId: RUN_A,
      threadId: 0,
      traceId: `${RUN_A}-1`,
      callId: 3,
      exceptionId: 1,
      function: "parse",
      file: "src/parse.js",
      line: 10,
      at: "2026-11-23T08:00:00.000400000Z",
      found: [
        { field: "message", path: "message", excerpt: "Unexpected end of JSON input" },
        { field: "stack", path: "stack", excerpt: expect.stringContaining("of JSON input\n") },
      ],
    },
  ]);
});

test("filters narrow calls and exceptions", async () => {
  await using sample = await openStore((await sampleStore()).dir);
  const ids = async (text: string, filter: SearchFilter) =>
    (await sample.search(text, filter)).items.map(keyOf);
  expect(await ids("a", { function: "parse" })).toEqual([
    `${RUN_A} exception 1`,
    `${RUN_A} call 3`,
  ]);
  expect(await ids("a", { trace: "019a-A" })).toEqual([`${RUN_A} call 10`]);
  expect(await ids("a", { run: "latest" })).toEqual([]);
  expect(await ids("a", { since: "2026-11-23T08:00:00.0003Z", file: "src/parse.js" })).toEqual([
    `${RUN_A} exception 1`,
  ]);
});

test.each<[string, string | RegExp, SearchFilter]>([
  ["an empty text", "", {}],
  ["a long one", "x".repeat(10_001), {}],
  ["none", undefined as unknown as string, {}],
  ["look-around", /(?<=a)b/, {}],
  ["another field", "x", { in: ["file" as "stack"] }],
  ["another question's cursor", "x", { cursor: "W10" }],
])("%s is refused", async (_what, wanted, filter) => {
  await expect(store.search(wanted, filter)).rejects.toMatchObject({ code: "BC_ERR_BAD_OPTION" });
});
