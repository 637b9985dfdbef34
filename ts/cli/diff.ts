/**
 * `breadcrumb diff`: two runs, or two traces, compared.
 */
import { placeText } from "../query/place-text";
import type {
  ChangedCall,
  Diff,
  DiffSide,
  DivergedCall,
  ExceptionChange,
  FunctionChange,
  FunctionStats,
} from "../query/index";
import { decimal, milliseconds, wholeNumber } from "./arguments";
import { callText, resultText } from "./call-text";
import type { CommandContext } from "./command";
import type { JsonDocuments } from "./json-documents";
import { cut, printable } from "./printable";
import { count, duration, plural } from "./quantities";
import { type ShortIds, shortIdsOf } from "./short-ids";
import { type Column, renderTable } from "./table";
import { valueText } from "./value-text";

type Output = CommandContext["output"];

const DEFAULT_LIMIT = 10;
const VALUE_WIDTH = 60;
/** Calls of the way to a difference that are named. */
const NAMED_CALLS = 6;

/** The command `diff`. */
export async function diff({
  store,
  output,
  values,
  positionals,
}: CommandContext): Promise<number> {
  const [a = "", b = ""] = positionals;
  const found = await store.diff(a, b, {
    ratio: decimal(values, "ratio"),
    minMs: milliseconds(values, "min"),
    limit: wholeNumber(values, "limit") ?? DEFAULT_LIMIT,
  });
  if (values["json"]) {
    output.json(found satisfies JsonDocuments["diff"]);
    return 0;
  }
  const ids = await shortIdsOf(store);
  for (const line of sideLines(found, ids)) output.line(cut(line, output.columns));
  printDivergence(found, output);
  printChanges("slower in b", found.slower, output);
  printChanges("faster in b", found.faster, output);
  printFunctions("only in a", found.removed, output);
  printFunctions("only in b", found.added, output);
  printCounts(found.counts, output);
  printExceptions(found.exceptions, output);
  printValues(found, output);
  return 0;
}

function sideLines({ a, b, pairs, onlyInA, onlyInB }: Diff, ids: ShortIds): string[] {
  const side = (name: string, { kind, id, calls, errors, selfNs }: DiffSide) =>
    `${name}  ${kind} ${kind === "run" ? ids.run(id) : ids.trace(id)}  ${plural(calls, "call")}, ${count(errors)} threw, ${duration(selfNs)}`;
  return [
    side("a", a),
    side("b", b),
    `${plural(pairs, "call")} in both, ${count(onlyInA)} only in a, ${count(onlyInB)} only in b`,
  ];
}

function heading(text: string, output: Output): void {
  output.line();
  output.line(output.paint.bold(text));
}

function printDivergence({ divergence }: Diff, output: Output): void {
  if (divergence === null) {
    return heading("Both call the same in the same order, to the same ends.", output);
  }
  const what = divergence.kind === "call" ? "another call" : "the same call ends otherwise";
  heading(`First difference: ${what}`, output);
  printDiverged("a", divergence.a, output);
  printDiverged("b", divergence.b, output);
}

function printDiverged(name: string, side: DivergedCall | null, output: Output): void {
  if (side === null) return output.line(`  ${name}  has ended`);
  const { call, path, position } = side;
  const callers = path.slice(0, -1).map((place) => printable(place.function));
  const hidden = callers.length > NAMED_CALLS ? "… > " : "";
  const way = callers.slice(-NAMED_CALLS).map((caller) => `${caller} > `);
  const ending = call.status === "returned" ? resultText(call, VALUE_WIDTH) : ` (${call.status})`;
  const text = `${hidden}${way.join("")}${callText(call, VALUE_WIDTH)}${ending}`;
  const where = output.links(output.paint.dim(printable(placeText(call))), call);
  output.line(`  ${name}  ${cut(text, Math.max(20, output.columns - 6))}`);
  output.line(`     ${where}${output.paint.dim(`, behind ${plural(position, "call")}`)}`);
}

/** A table of functions: some columns, then name and place. */
function printTable<T extends { function: string; file: string | null; line?: number }>(
  title: string,
  items: readonly T[],
  cells: readonly (readonly [column: Column, cell: (item: T) => string])[],
  output: Output,
): void {
  if (items.length === 0) return;
  heading(title, output);
  const columns: Column[] = [
    ...cells.map(([column]) => column),
    { title: "function", shrink: "end" },
    { title: "where", shrink: "start", drop: 1, style: output.paint.dim },
  ];
  const rows = items.map((item) => [
    ...cells.map(([, cell]) => cell(item)),
    printable(item.function),
    item.file === null ? "" : printable(`${item.file}:${item.line ?? 1}`),
  ]);
  const lines = renderTable(columns, rows, output.columns - 2);
  for (const line of lines) output.line(`  ${line}`);
}

function printChanges(title: string, changes: readonly FunctionChange[], output: Output): void {
  printTable(
    title,
    changes,
    [
      [{ title: "mean in a", right: true, drop: 2 }, ({ a }) => duration(a.meanNs)],
      [{ title: "mean in b", right: true }, ({ b }) => duration(b.meanNs)],
      [
        { title: "times", right: true },
        ({ ratio }) => (ratio === null ? "–" : `×${ratio.toFixed(2)}`),
      ],
      [
        { title: "in all", right: true, drop: 3 },
        ({ differenceNs }) => `${differenceNs < 0 ? "-" : "+"}${duration(Math.abs(differenceNs))}`,
      ],
      [{ title: "calls", right: true, drop: 4 }, ({ b }) => count(b.calls)],
    ],
    output,
  );
}

function printFunctions(title: string, functions: readonly FunctionStats[], output: Output): void {
  printTable(
    title,
    functions,
    [
      [{ title: "total", right: true }, ({ totalNs }) => duration(totalNs)],
      [{ title: "calls", right: true }, ({ calls }) => count(calls)],
    ],
    output,
  );
}

function printCounts(changes: readonly FunctionChange[], output: Output): void {
  const all = ({ calls, counted, dropped }: FunctionStats) => count(calls + counted + dropped);
  printTable(
    "not called as often",
    changes,
    [
      [{ title: "calls in a", right: true }, ({ a }) => all(a)],
      [{ title: "calls in b", right: true }, ({ b }) => all(b)],
    ],
    output,
  );
}

function printExceptions(changes: readonly ExceptionChange[], output: Output): void {
  if (changes.length === 0) return;
  heading("exceptions", output);
  for (const { name, message, function: in_, a, b } of changes) {
    const text = `${count(a)} → ${count(b)}  ${name}: ${message}${in_ === null ? "" : ` in ${in_}`}`;
    output.line(`  ${cut(printable(text), Math.max(20, output.columns - 2))}`);
  }
}

function printValues({ changedCount, changedValues }: Diff, output: Output): void {
  if (changedCount === 0) return;
  heading(`${plural(changedCount, "call")} with other values`, output);
  for (const changed of changedValues) printChanged(changed, output);
  const hidden = changedCount - changedValues.length;
  if (hidden > 0) output.line(`  … ${count(hidden)} more: --limit shows them`);
}

function printChanged({ function: name, file, line, changes }: ChangedCall, output: Output): void {
  const where = output.links(output.paint.dim(printable(placeText({ file, line }))), {
    file,
    line,
  });
  output.line(`  ${printable(name)}  ${where}`);
  for (const { path, a, b } of changes) {
    const [from, to] = [a, b].map((value) =>
      value === undefined ? "(none)" : valueText(value, VALUE_WIDTH),
    );
    const text = `${printable(path)}: ${from} → ${to}`;
    output.line(`      ${cut(text, Math.max(20, output.columns - 6))}`);
  }
}
