/**
 * `breadcrumb doctor`: every file of a store, looked over.
 */
import { checkStore, type CheckReport, type Finding } from "../upkeep";
import type { CommandContext } from "./command";
import type { JsonDocuments } from "./json-documents";
import type { Output } from "./output";
import { printable } from "./printable";
import { bytes, count, plural } from "./quantities";

/** Exit code where something is wrong. */
const EXIT_UNSOUND = 1;
/** Problems of a kind that are shown. */
const SHOWN_PROBLEMS = 20;
/** Notes of a kind that are shown. */
const SHOWN_NOTES = 1;

/** The command `doctor`. */
export async function doctor({ store, output, values }: CommandContext): Promise<number> {
  let percent = -1;
  const report = checkStore(store.dir, {
    quarantine: values["quarantine"] === true,
    progress: (done, all) => {
      const now = Math.floor((done / all) * 100);
      if (now === percent) return;
      percent = now;
      output.progress(`${percent} % of ${bytes(all)}`);
    },
  });
  output.progress("");
  const code = report.problems.length === 0 ? 0 : EXIT_UNSOUND;
  if (values["json"]) output.json(report satisfies JsonDocuments["doctor"]);
  else print(report, output);
  return code;
}

function print(report: CheckReport, output: Output): void {
  const { problems, notes, quarantined } = report;
  output.line(
    `${plural(report.runs, "run")}, ${plural(report.segments, "segment")}, ` +
      `${plural(report.calls, "call")}; ${plural(report.files, "file")}, ${bytes(report.bytes)} of tables read`,
  );
  list(problems, SHOWN_PROBLEMS, output, (kind) => output.paint.red(kind));
  list(notes, SHOWN_NOTES, output, (kind) => output.paint.dim(kind));
  for (const name of quarantined) output.line(`moved to quarantine: ${printable(name)}`);
  if (problems.length === 0) output.line("Nothing is wrong.");
  else {
    const movable = problems.some(({ kind }) => kind === "damaged" || kind === "missing");
    const hint = movable && quarantined.length === 0 ? "; --quarantine moves what is damaged" : "";
    output.line(`${plural(problems.length, "problem")}${hint}.`);
  }
}

/** The findings by kind, the first few of each. */
function list(
  findings: readonly Finding[],
  shown: number,
  output: Output,
  paint: (text: string) => string,
): void {
  for (const kind of new Set(findings.map((finding) => finding.kind))) {
    const alike = findings.filter((finding) => finding.kind === kind);
    const label = kind === "inUse" ? "in use" : kind;
    for (const { file, reason } of alike.slice(0, shown)) {
      output.line(`  ${paint(label.padEnd(11))}  ${printable(file)}: ${printable(reason)}`);
    }
    const more = alike.length - shown;
    if (more > 0) output.line(`  ${paint(label.padEnd(11))}  … ${count(more)} more: see --json`);
  }
}
