/**
 * `breadcrumb prune`: removes runs, tells which would go, pins and unpins.
 */
import { badOption } from "../errors";
import { DEFAULT_RETENTION, type RetentionOptions, retentionOf } from "../options/retention";
import { loadConfig } from "../options/resolve-config";
import { RunRecords } from "../query/run-records";
import { pinRun, type PruneReport, pruneStore } from "../upkeep";
import { text, texts } from "./arguments";
import type { CommandContext } from "./command";
import type { JsonDocuments } from "./json-documents";
import { commandText } from "./list";
import type { Output } from "./output";
import { bytes, count, moment, plural } from "./quantities";
import { ShortIds } from "./short-ids";
import { renderTable } from "./table";

const LIMITS = {
  maxAge: "max-age",
  maxErrorAge: "max-error-age",
  maxBytes: "max-bytes",
  maxRuns: "max-runs",
} as const;
const WHY: Readonly<Record<PruneReport["runs"][number]["reason"], string>> = {
  age: "too old",
  runs: "too many runs",
  bytes: "store too large",
  named: "named",
};

/** The command `prune`. */
export async function prune({ store, output, values }: CommandContext): Promise<number> {
  const named = (option: string) => resolveRuns(store.dir, texts(values, option));
  const [runs, pin, unpin] = [named("run"), named("pin"), named("unpin")];
  const limits = limitsOf(values);
  const isPinning = pin.length + unpin.length > 0;
  if (isPinning && (runs.length > 0 || limits !== null)) {
    throw badOption("--pin and --unpin remove nothing: give them without limits and --run");
  }
  if (isPinning) return changePins(store.dir, pin, unpin, output, values["json"] === true);
  if (runs.length > 0 && limits !== null) {
    throw badOption("--run removes the named runs whatever the limits: give one or the other");
  }
  const dryRun = values["dry-run"] === true;
  const policy = limits ?? policyOf(process.env["BREADCRUMB_RETENTION"]);
  const report = pruneStore(store.dir, {
    ...(runs.length > 0 ? { runs } : { limits: policy }),
    nameOf: (option) => `--${LIMITS[option]}`,
    dryRun,
  });
  if (values["json"]) output.json({ dryRun, ...report } satisfies JsonDocuments["prune"]);
  else print(report, dryRun, output);
  return 0;
}

function limitsOf(values: CommandContext["values"]): RetentionOptions | null {
  const given = Object.entries(LIMITS).flatMap(([option, name]) => {
    const value = text(values, name);
    return value === undefined ? [] : [[option, value] as const];
  });
  return given.length === 0 ? null : Object.fromEntries(given);
}

/** What recordings keep: by the environment, else the default. */
function policyOf(env: string | undefined): RetentionOptions {
  if (env) return retentionOf(env) || {};
  const { retention } = loadConfig({ cwd: process.cwd(), env: process.env }).values;
  return (retention ?? DEFAULT_RETENTION) || {};
}

function resolveRuns(dir: string, prefixes: readonly string[] = []): string[] {
  if (prefixes.length === 0) return [];
  const records = new RunRecords(dir);
  records.refresh();
  return [...new Set(prefixes.map((prefix) => records.resolve(prefix)))];
}

function changePins(
  dir: string,
  pin: readonly string[],
  unpin: readonly string[],
  output: Output,
  isJson: boolean,
): number {
  const pinned = pin.filter((run) => pinRun(dir, run, true));
  const unpinned = unpin.filter((run) => pinRun(dir, run, false));
  if (isJson) {
    output.json({ pinned, unpinned } satisfies JsonDocuments["prune"]);
    return 0;
  }
  for (const run of pin) output.line(`${run} is pinned: no retention removes it.`);
  for (const run of unpin) output.line(`${run} is not pinned.`);
  return 0;
}

function print(report: PruneReport, dryRun: boolean, output: Output): void {
  for (const skipped of report.skipped) output.notice(`left alone: ${skipped}`);
  const { runs } = report;
  if (runs.length > 0) {
    const ids = new ShortIds(runs.map(({ runId }) => runId));
    const lines = renderTable(
      [
        { title: "run" },
        { title: "ended", drop: 1 },
        { title: "calls", right: true, drop: 2 },
        { title: "size", right: true },
        { title: "why", shrink: "end" },
        { title: "command", shrink: "end", drop: 3 },
      ],
      runs.map((run) => [
        ids.run(run.runId),
        moment(run.endedAt),
        count(run.calls),
        bytes(run.bytes),
        WHY[run.reason] + (run.failed ? ", failed" : ""),
        commandText(run),
      ]),
      output.columns,
    );
    for (const line of lines) output.line(line);
    output.line();
  }
  output.line(sumsOf(report, dryRun));
  if (report.leftovers > 0) output.line(`${plural(report.leftovers, "leftover file")} went.`);
}

function sumsOf(report: PruneReport, dryRun: boolean): string {
  const { runs, kept } = report;
  const of = (why: string) => kept.filter((run) => run.why === why).length;
  const reasons = [
    of("pinned") > 0 ? `${of("pinned")} pinned` : null,
    of("written") > 0 ? `${of("written")} being written` : null,
    of("unreadable") > 0 ? `${of("unreadable")} unreadable` : null,
  ].filter((reason) => reason !== null);
  const why = reasons.length > 0 ? ` (${reasons.join(", ")})` : "";
  const verb = report.keptRuns === 1 ? "stays" : "stay";
  const stay = `${plural(report.keptRuns, "run")} ${verb}: ${bytes(report.keptBytes)}${why}.`;
  if (runs.length === 0) return `Nothing to remove; ${stay}`;
  const goes = dryRun
    ? `${plural(runs.length, "run")} would go: ${bytes(report.bytes)}`
    : `${plural(runs.length, "run")} went: ${bytes(report.bytes)}`;
  return `${goes}; ${stay}`;
}
