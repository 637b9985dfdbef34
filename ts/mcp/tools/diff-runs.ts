/** `diff_runs`: two runs, or two traces, compared. */
import { z } from "zod";
import type { Diff, DivergedCall, FunctionChange, FunctionStats } from "../../query/index";
import { callRef, callRefOf } from "../call-ref";
import { short } from "../clean-text";
import { cutOrNull } from "../cut-value";
import { json, ms, nameOf, placeOf } from "../rows";
import { defineStoreTool, READS } from "../tool";

/** Findings of each kind. */
const MOST_OF_A_KIND = 15;
/** Places of a pair of calls that are told. */
const MOST_CHANGES = 5;

const SIDE = z.object({
  kind: z.enum(["run", "trace"]),
  id: z.string(),
  calls: z.number(),
  errors: z.number(),
  selfMs: z.number(),
});

const FINDING = z.object({
  kind: z.enum([
    "diverged",
    "exception",
    "value_changed",
    "slower",
    "faster",
    "called_more_or_less",
    "only_in_a",
    "only_in_b",
  ]),
  function: z.string().nullable(),
  at: z.string().nullable(),
  a: z.unknown().describe("how it is in a: a call's id, a number, a value"),
  b: z.unknown().describe("how it is in b"),
  detail: z.string(),
});
type Finding = z.output<typeof FINDING>;

export const diffRuns = defineStoreTool({
  name: "diff_runs",
  title: "Compare two runs",
  description:
    "Compares two runs, or two traces: where they first go different ways, exceptions and values that differ, functions that got slower or are called more or less often, functions of one side alone. a is the one that is as it should be, b the other.",
  input: {
    a: z
      .string()
      .min(1)
      .max(500)
      .describe("a run's or trace's id, or `latest`: the side that is as it should be"),
    b: z.string().min(1).max(500).describe("the other side"),
    ratio: z
      .number()
      .min(1)
      .max(1000)
      .default(1.5)
      .describe("slower from this ratio of mean durations"),
    minMs: z.number().min(0).max(1e9).default(1).describe("… and if that makes so many ms in all"),
  },
  output: {
    a: SIDE,
    b: SIDE,
    pairs: z.number().describe("calls that both have, in the same order"),
    onlyInA: z.number(),
    onlyInB: z.number(),
    changedCount: z.number().describe("pairs with other arguments or another result"),
    findings: z.array(FINDING).describe("the most telling first"),
    clipped: z.number().describe("findings left out"),
  },
  annotations: READS,
  run: async ({ a, b, ratio, minMs }, { store }) => {
    const diff = await store.diff(a, b, { ratio, minMs, limit: MOST_OF_A_KIND });
    const sideOf = ({ kind, id, calls, errors, selfNs }: Diff["a"]) => ({
      kind,
      id,
      calls,
      errors,
      selfMs: ms(selfNs),
    });
    return {
      most: findings(diff, 0).length,
      write: (count, valueBytes) => {
        const all = findings(diff, valueBytes);
        const shown = all.slice(0, count);
        return {
          summary:
            all.length === 0
              ? "Both do the same, to the same ends."
              : `${count} of ${all.length} findings; ${diff.pairs} pairs of calls, ${diff.onlyInA} only in a, ${diff.onlyInB} only in b. explain_call tells more of a call.`,
          lines: shown.map(
            (one) =>
              `${one.kind}  ${one.function ?? ""}  ${one.at ?? ""}  ${one.detail}  a: ${json(one.a)}  b: ${json(one.b)}`,
          ),
          data: {
            a: sideOf(diff.a),
            b: sideOf(diff.b),
            pairs: diff.pairs,
            onlyInA: diff.onlyInA,
            onlyInB: diff.onlyInB,
            changedCount: diff.changedCount,
            findings: shown,
            clipped: all.length - count,
          },
        };
      },
    };
  },
});

function findings(diff: Diff, valueBytes: number): Finding[] {
  const found: Finding[] = [];
  const { divergence } = diff;
  if (divergence) {
    const call = (divergence.b ?? divergence.a)?.call;
    found.push({
      kind: "diverged",
      ...placed(call ?? null),
      a: callRefOf(divergence.a?.call),
      b: callRefOf(divergence.b?.call),
      detail: `${divergence.kind === "call" ? "another function is called" : "the same call ends otherwise"}, behind ${pathOf(divergence.b ?? divergence.a)}`,
    });
  }
  for (const one of diff.exceptions.slice(0, MOST_OF_A_KIND)) {
    found.push({
      kind: "exception",
      ...placed(
        one.function === null ? null : { function: one.function, file: one.file, line: null },
      ),
      a: one.a,
      b: one.b,
      detail: short(`${one.name}: ${one.message}`, 200),
    });
  }
  for (const one of diff.changedValues) {
    const [first] = one.changes;
    found.push({
      kind: "value_changed",
      ...placed(one),
      a: cutOrNull(first?.a, valueBytes, "result"),
      b: cutOrNull(first?.b, valueBytes, "result"),
      detail: short(
        `${one.changes
          .slice(0, MOST_CHANGES)
          .map(({ path }) => path)
          .join(
            ", ",
          )}; calls ${callRef(one.a.traceId, one.a.callId)} and ${callRef(one.b.traceId, one.b.callId)}`,
        400,
      ),
    });
  }
  found.push(
    ...diff.slower.map((one) => timed("slower", one)),
    ...diff.faster.map((one) => timed("faster", one)),
    ...diff.counts.map((one): Finding => ({
      kind: "called_more_or_less",
      ...placed(one),
      a: one.a.calls + one.a.counted,
      b: one.b.calls + one.b.counted,
      detail: "calls",
    })),
    ...diff.added.map((one) => alone("only_in_b", one)),
    ...diff.removed.map((one) => alone("only_in_a", one)),
  );
  return found;
}

function placed(of: { function: string; file: string | null; line: number | null } | null) {
  return of === null
    ? { function: null, at: null }
    : { function: nameOf(of.function), at: placeOf(of.file, of.line) };
}

function pathOf(side: DivergedCall | null): string {
  return short(side?.path.map((place) => place.function).join(" › ") ?? "", 200);
}

function timed(kind: "slower" | "faster", one: FunctionChange): Finding {
  return {
    kind,
    ...placed(one),
    a: ms(one.a.meanNs),
    b: ms(one.b.meanNs),
    detail: `ms a call; ${ms(one.differenceNs)} ms over all of b's calls`,
  };
}

function alone(kind: "only_in_a" | "only_in_b", one: FunctionStats): Finding {
  const calls = one.calls + one.counted;
  return {
    kind,
    ...placed(one),
    a: kind === "only_in_a" ? calls : 0,
    b: kind === "only_in_b" ? calls : 0,
    detail: "calls",
  };
}
