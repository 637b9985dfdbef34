/**
 * `breadcrumb migrate`: a store of an older version becomes one of this version.
 */
import { resolve } from "node:path";
import { migrateStore } from "../upkeep";
import { text } from "./arguments";
import type { CommandContext } from "./command";
import type { JsonDocuments } from "./json-documents";
import { bytes, plural } from "./quantities";

/** Exit code where something could not be migrated. */
const EXIT_INCOMPLETE = 1;

/** The command `migrate`. */
export async function migrate({ store, output, values }: CommandContext): Promise<number> {
  const dryRun = values["dry-run"] === true;
  const backup = text(values, "backup");
  const report = migrateStore(store.dir, {
    dryRun,
    ...(backup === undefined ? {} : { backup: resolve(backup) }),
  });
  const code = report.skipped.length === 0 ? 0 : EXIT_INCOMPLETE;
  if (values["json"]) {
    output.json(report satisfies JsonDocuments["migrate"]);
    return code;
  }
  for (const skipped of report.skipped) output.notice(`not migrated: ${skipped}`);
  for (const left of report.left) {
    output.notice(`left until its run has ended: ${left}`);
  }
  const { segments, records, rows, from, to } = report;
  if (segments === 0 && records === 0 && from === to) {
    output.line(
      code === 0 && report.left.length === 0 ? "Nothing to migrate." : "Nothing migrated.",
    );
    return code;
  }
  const what = `${plural(segments, "segment")} (${plural(rows, "row")}) and ${plural(records, "record")}`;
  if (dryRun) {
    output.line(`Would migrate ${what}, ${bytes(report.bytesBefore)} of tables.`);
    return code;
  }
  output.line(
    `Migrated ${what}: ${bytes(report.bytesBefore)} → ${bytes(report.bytesAfter)} of tables.`,
  );
  output.line(
    from === to
      ? `The store stays of version ${to}.`
      : `The store is of version ${to}, was ${from}.`,
  );
  return code;
}
