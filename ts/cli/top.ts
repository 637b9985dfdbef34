/**
 * `breadcrumb top`: which functions took the time.
 */
import { placeText } from "../query/place-text";
import type { FunctionStats, StatsSort } from "../query/index";
import { text, time, wholeNumber } from "./arguments";
import type { CommandContext } from "./command";
import type { JsonDocuments } from "./json-documents";
import { nearestFunction } from "./nearest-function";
import { printable } from "./printable";
import { count, duration } from "./quantities";
import { type Column, renderTable } from "./table";

const DEFAULT_LIMIT = 20;

/** The command `top`. */
export async function top({ store, output, values }: CommandContext): Promise<number> {
  const limit = wholeNumber(values, "limit") ?? DEFAULT_LIMIT;
  const found = await store.stats({
    run: text(values, "run"),
    sort: text(values, "sort") as StatsSort | undefined,
    function: text(values, "function"),
    file: text(values, "file"),
    since: time(values, "since"),
    until: time(values, "until"),
    limit: limit + 1,
  });
  const functions = found.slice(0, limit);
  if (values["json"]) {
    output.json({ functions, truncated: found.length > limit } satisfies JsonDocuments["top"]);
    return 0;
  }
  if (functions.length === 0) {
    const hint = await nearestFunction(store, text(values, "function"));
    output.line(hint ?? "No calls: breadcrumb list --runs shows what was recorded.");
    return 0;
  }
  printFunctions(functions, output);
  if (found.length > limit) output.notice(`these are the first ${limit}; --limit shows more`);
  return 0;
}

function printFunctions(
  functions: readonly FunctionStats[],
  output: CommandContext["output"],
): void {
  const { dim, red } = output.paint;
  const has = (key: "waitNs" | "counted" | "dropped" | "errors") =>
    functions.some((f) => f[key] > 0);
  const optional: (readonly [boolean, Column, (f: FunctionStats) => string])[] = [
    [true, { title: "self", right: true }, (f) => duration(f.selfNs)],
    [true, { title: "total", right: true }, (f) => duration(f.totalNs)],
    [has("waitNs"), { title: "waited", right: true, drop: 5 }, (f) => duration(f.waitNs)],
    [true, { title: "calls", right: true }, (f) => count(f.calls)],
    [has("counted"), { title: "counted", right: true, drop: 4 }, (f) => count(f.counted)],
    [
      has("dropped"),
      { title: "dropped", right: true, drop: 3, style: red },
      (f) => count(f.dropped),
    ],
    [
      has("errors"),
      {
        title: "threw",
        right: true,
        drop: 2,
        style: (cell, row) => ((functions[row]?.errors ?? 0) > 0 ? red(cell) : cell),
      },
      (f) => count(f.errors),
    ],
    [true, { title: "mean", right: true, drop: 6 }, (f) => duration(f.meanNs)],
    [true, { title: "p95", right: true, drop: 7 }, (f) => duration(f.p95Ns)],
    [true, { title: "max", right: true, drop: 8 }, (f) => duration(f.maxNs)],
    [true, { title: "function", shrink: "end" }, (f) => printable(f.function)],
    [
      true,
      {
        title: "where",
        shrink: "start",
        drop: 1,
        style: (cell, row) => output.links(dim(cell), functions[row] as FunctionStats),
      },
      (f) => printable(placeText(f)),
    ],
  ];
  const columns = optional.filter(([isShown]) => isShown);
  const lines = renderTable(
    columns.map(([, column]) => column),
    functions.map((f) => columns.map(([, , cell]) => cell(f))),
    output.columns,
  );
  for (const line of lines) output.line(line);
}
