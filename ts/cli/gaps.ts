/**
 * `breadcrumb gaps`: what was included and did not run, and what to widen next.
 */
import { EXACT_COUNTS, inspectorCountersOf } from "../options/inspector";
import type { Gaps, LineCount, Run } from "../query/index";
import { text, wholeNumber } from "./arguments";
import type { CommandContext } from "./command";
import type { JsonDocuments } from "./json-documents";
import { nearestFunction } from "./nearest-function";
import { cut, printable } from "./printable";
import { count, plural } from "./quantities";
import { ShortIds } from "./short-ids";
import { renderTable } from "./table";

const DEFAULT_LIMIT = 50;
/** Columns that the lines of a function have beside a long path. */
const LEAST_PLACES = 20;

/** The command `gaps`. */
export async function gaps({ store, output, values }: CommandContext): Promise<number> {
  const limit = wholeNumber(values, "limit") ?? DEFAULT_LIMIT;
  const name = text(values, "function");
  const found = await store.gaps({
    run: text(values, "run"),
    function: name,
    file: text(values, "file"),
    limit: limit + 1,
  });
  const shown: Gaps = {
    ...found,
    notCalled: found.notCalled.slice(0, limit),
    linesNotRun: found.linesNotRun?.slice(0, limit) ?? null,
  };
  const isTruncated = found.notCalled.length > limit || (found.linesNotRun?.length ?? 0) > limit;
  if (values["json"]) {
    output.json({ ...shown, truncated: isTruncated } satisfies JsonDocuments["gaps"]);
    return 0;
  }
  const runs = await store.runs();
  const ids = new ShortIds(runs.map(({ runId }) => runId));
  const { paint } = output;
  output.line(
    `${paint.bold(`run ${found.runIds.map((id) => ids.run(id)).join(", ")}`)}: ${plural(found.instrumented, "file")} recorded`,
  );
  const early = found.tooEarly.map((file) => [file] as const);
  const left = found.leftAlone.map(({ file, why }) => [file, why] as const);
  printFiles("loaded before the recording began (breadcrumb run begins first)", output, early);
  printFiles("included, and left as they are", output, left);
  printNotCalled(shown, ids, output);
  printNotRun(shown, output);
  if (found.notCalled.length > 0 && runs.some((run) => isInexact(run, found.runIds))) {
    output.line();
    output.line(
      "… or ran while they had no breakpoints: breadcrumb attach --counts counts every call",
    );
  }
  if (found.notCalled.length === 0) {
    output.line();
    const known = await nearestFunction(store, name);
    const lines = found.linesNotRun?.length === 0 ? ", and every line of them ran" : "";
    output.line(known ?? `Every function that the store knows of was called${lines}.`);
  }
  if (isTruncated) output.notice(`these are the first ${limit}; --limit shows more`);
  return 0;
}

/** Whether breakpoints told of a run, and nobody counted what they did not tell. */
function isInexact({ runId, counters }: Run, asked: readonly string[]): boolean {
  const inspector = inspectorCountersOf(counters);
  return asked.includes(runId) && inspector !== undefined && inspector.counts !== EXACT_COUNTS;
}

function printFiles(
  title: string,
  output: CommandContext["output"],
  files: readonly (readonly [file: string, why?: string])[],
): void {
  if (files.length === 0) return;
  output.line();
  output.line(output.paint.bold(`${plural(files.length, "file")} ${title}`));
  for (const [file, why] of files) {
    const place = output.links(printable(file), { file, line: 1 });
    output.line(`  ${place}${why === undefined ? "" : `: ${printable(why)}`}`);
  }
}

function printNotCalled(
  { notCalled }: Gaps,
  ids: ShortIds,
  output: CommandContext["output"],
): void {
  if (notCalled.length === 0) return;
  output.line();
  output.line(output.paint.bold("functions that did not run"));
  const lines = renderTable(
    [
      { title: "calls in other runs", right: true },
      { title: "last in", drop: 2 },
      { title: "function", shrink: "end" },
      {
        title: "where",
        shrink: "start",
        drop: 1,
        style: (cell, row) => {
          const place = notCalled[row];
          return place ? output.links(output.paint.dim(cell), place) : cell;
        },
      },
    ],
    notCalled.map((each) => [
      count(each.calls),
      each.lastCalledIn === null ? "–" : ids.run(each.lastCalledIn),
      printable(each.function),
      printable(`${each.file}:${each.line}`),
    ]),
    output.columns - 2,
  );
  for (const line of lines) output.line(`  ${line}`);
}

/** Lines, those of a function together: `12, 14–16, 20:31` (a branch on line 20 that begins at column 31). */
function printNotRun({ linesNotRun }: Gaps, output: CommandContext["output"]): void {
  if (linesNotRun === null || linesNotRun.length === 0) return;
  output.line();
  output.line(output.paint.bold("lines that did not run"));
  for (const lines of byFunction(linesNotRun)) {
    const [first] = lines;
    if (first === undefined) continue;
    const { file, functionLine: line } = first;
    const place = printable(`${file}:${line}`);
    const said = `${printable(first.function)}: ${placesText(lines)}`;
    const shown = cut(said, Math.max(LEAST_PLACES, output.columns - place.length - 4));
    output.line(`  ${output.links(place, { file, line })}  ${shown}`);
  }
}

function byFunction(lines: readonly LineCount[]): LineCount[][] {
  const groups = new Map<string, LineCount[]>();
  for (const line of lines) {
    const key = `${line.file}:${line.functionLine}:${line.function}`;
    const group = groups.get(key) ?? [];
    group.push(line);
    groups.set(key, group);
  }
  return [...groups.values()];
}

/** `12, 14–16, 20:31`. Lines that follow each other in the list and in the file are one range. */
function placesText(lines: readonly LineCount[]): string {
  const whole = new Set(lines.filter(({ isBranch }) => !isBranch).map(({ line }) => line));
  const ranges: { from: number; to: number }[] = [];
  for (const line of whole) {
    const last = ranges.at(-1);
    if (last !== undefined && last.to === line - 1) last.to = line;
    else ranges.push({ from: line, to: line });
  }
  // A branch on a line that did not run says nothing more.
  const branches = lines.filter(({ isBranch, line }) => isBranch && !whole.has(line));
  return ranges
    .map(({ from, to }) => (from === to ? String(from) : `${from}–${to}`))
    .concat(branches.map(({ line, col }) => `${line}:${col}`))
    .join(", ");
}
