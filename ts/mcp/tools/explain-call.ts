/** `explain_call`: a call in its surroundings, and what sets it apart from calls that succeeded. */
import { z } from "zod";
import type { Call, CallPlace, RecordedException, RemoteCalls, Store } from "../../query/index";
import type { Answer } from "../answer";
import { callRef, callRefOf, parseCallRef } from "../call-ref";
import { short } from "../clean-text";
import { type Comparison, compareWithOthers } from "../compare-calls";
import { cutOrNull } from "../cut-value";
import { CALL } from "../inputs";
import { REMOTE, remoteIn } from "../remote-rows";
import {
  CALL_ROW,
  callLine,
  callRow,
  EXCEPTION_ROW,
  exceptionLine,
  exceptionRow,
  json,
  nameOf,
  placeOf,
} from "../rows";
import { defineStoreTool, READS } from "../tool";

/** Calls that succeeded which are compared with. */
const MOST_OTHERS = 50;
/** Siblings and callees that are read. */
const MOST_RELATED = 40;
/** Where values have no more bytes than these, there are few of everything. */
const TIGHT = 100;
const FEW = 2;
/** Levels of the path that are told, the lowest ones. */
const MOST_LEVELS = 20;

const PLACE = z.object({ call: z.string(), function: z.string(), at: z.string() });
const RELATED = CALL_ROW.extend({ relation: z.enum(["sibling", "callee"]) });

export const explainCall = defineStoreTool({
  name: "explain_call",
  title: "Explain a call",
  description:
    "Tells one call in its surroundings: the path from the root, its arguments and result, the exception that ended it, its siblings and callees, what other processes it asked and which one asked for it, and what sets its arguments apart from calls of the same function that succeeded. The first thing to ask of a call that threw.",
  input: { call: CALL },
  output: {
    call: CALL_ROW,
    path: z.array(PLACE).describe("from the root to the call"),
    exception: EXCEPTION_ROW.nullable(),
    compared: z.object({
      calls: z.number().describe("newest calls of the same function that returned"),
      nearest: z.string().nullable().describe("the one with the most similar arguments"),
      changes: z
        .array(z.object({ path: z.string(), nearest: z.unknown(), here: z.unknown() }))
        .describe("where the arguments differ from the nearest's"),
      unusual: z
        .array(z.object({ path: z.string(), here: z.string(), usually: z.string() }))
        .describe("places of the arguments that are so in no call that returned"),
    }),
    ...REMOTE,
    related: z.array(RELATED).describe("calls of the same caller, and calls that it made"),
    clipped: z.number().describe("related calls left out: find_calls {parent} lists them"),
  },
  annotations: READS,
  run: async ({ call: ref }, { store }) => {
    const { trace, call: callId } = parseCallRef(ref);
    const { call, path, siblings, callees } = await store.callFamily(trace, callId, {
      limit: MOST_RELATED,
    });
    const [exception, others, remote] = await Promise.all([
      exceptionOf(store, call),
      succeeded(store, call),
      store.remoteCalls(call.traceId),
    ]);
    const related = [
      ...callees.map((one) => ({ one, relation: "callee" as const })),
      ...siblings.map((one) => ({ one, relation: "sibling" as const })),
    ];
    return answerOf({
      call,
      path,
      exception,
      comparison: compareWithOthers(call, others),
      related,
      remote,
    });
  },
});

async function exceptionOf(store: Store, call: Call): Promise<RecordedException | null> {
  if (call.exceptionId === null) return null;
  const { items } = await store.exceptions({
    run: call.runId,
    exception: call.exceptionId,
    limit: 1,
  });
  return items[0] ?? null;
}

/** The newest calls of the same function that returned; by name alone, which is the fastest to find. */
async function succeeded(store: Store, call: Call): Promise<readonly Call[]> {
  const { items } = await store.calls({
    function: call.function,
    status: "returned",
    limit: MOST_OTHERS,
  });
  return items.filter(
    (one) =>
      one.file === call.file &&
      one.function === call.function &&
      (one.callId !== call.callId || one.runId !== call.runId),
  );
}

interface Explained {
  readonly call: Call;
  readonly path: readonly CallPlace[];
  readonly exception: RecordedException | null;
  readonly comparison: Comparison;
  readonly related: readonly { readonly one: Call; readonly relation: "sibling" | "callee" }[];
  readonly remote: RemoteCalls;
}

function answerOf({ call, path, exception, comparison, related, remote }: Explained): Answer {
  const requests = remoteIn(remote, ({ callId }) => callId === call.callId);
  return {
    most: related.length,
    write: (count, valueBytes) => {
      const row = callRow(call, valueBytes);
      const thrown = exception && exceptionRow(exception, valueBytes, valueBytes > 300);
      const shown = related
        .slice(0, count)
        .map(({ one, relation }) =>
          Object.assign(callRow(one, Math.min(valueBytes, 300)), { relation }),
        );
      const levels = path.slice(valueBytes > TIGHT ? -MOST_LEVELS : -FEW).map((place) => ({
        call: callRef(call.traceId, place.callId),
        function: nameOf(place.function) ?? "",
        at: placeOf(place.file, place.line) ?? "",
      }));
      const compared = comparedData(comparison, Math.min(valueBytes, 300));
      const clipped = related.length - count;
      return {
        summary: summaryOf(comparison, cameFromBelow(call, exception), clipped),
        lines: [
          `call: ${callLine(row)}`,
          `path: ${short(levels.map((place) => place.function).join(" › "), 600)}`,
          ...(thrown ? [`exception: ${exceptionLine(thrown)}`] : []),
          ...compared.changes.map(
            (one) =>
              `differs: ${one.path}  here ${json(one.here)}  nearest that returned ${json(one.nearest)}`,
          ),
          ...compared.unusual.map(
            (one) => `unusual: ${one.path}  here ${one.here}  usually ${one.usually}`,
          ),
          ...requests.lines,
          ...shown.map((one) => `${one.relation}: ${callLine(one)}`),
        ],
        data: {
          call: row,
          path: levels,
          exception: thrown,
          compared,
          ...requests.data,
          related: shown,
          clipped,
        },
      };
    },
  };
}

/** Changes that are told: all of them with values of some size, a few else. */
function comparedData({ compared, nearest, changes, unusual }: Comparison, valueBytes: number) {
  const most = valueBytes > TIGHT ? changes.length : FEW;
  return {
    calls: compared,
    nearest: callRefOf(nearest),
    changes: changes.slice(0, most).map((change) => ({
      path: short(change.path, 100),
      nearest: cutOrNull(change.a, valueBytes, "arguments"),
      here: cutOrNull(change.b, valueBytes, "arguments"),
    })),
    unusual: unusual.slice(0, most),
  };
}

/** Whether another call than this one is where the exception came from. */
function cameFromBelow(call: Call, exception: RecordedException | null): boolean {
  return exception !== null && exception.callId !== null && exception.callId !== call.callId;
}

function summaryOf({ compared, nearest }: Comparison, fromBelow: boolean, clipped: number): string {
  const others =
    nearest === null
      ? "No other call of this function returned, so there is nothing to compare with."
      : `Compared with ${compared} calls of this function that returned.`;
  const origin = fromBelow
    ? " The exception came from a call below: explain exception.call too."
    : "";
  const more = clipped > 0 ? ` [clipped: ${clipped} calls, drill with find_calls {parent}]` : "";
  return `${others}${origin} get_source_with_values shows its source.${more}`;
}
