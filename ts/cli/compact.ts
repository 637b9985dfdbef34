/**
 * `breadcrumb compact`: small segments into large ones.
 */
import { compactStore } from "../upkeep";
import type { CommandContext } from "./command";
import type { JsonDocuments } from "./json-documents";
import { bytes, count } from "./quantities";

/** The command `compact`. */
export async function compact({ store, output, values }: CommandContext): Promise<number> {
  const report = compactStore(store.dir);
  if (values["json"]) {
    output.json(report satisfies JsonDocuments["compact"]);
    return 0;
  }
  for (const skipped of report.skipped) output.notice(`left alone: ${skipped}`);
  output.line(
    report.merged === 0
      ? "Nothing to merge."
      : `${count(report.merged)} segments → ${count(report.into)}: ` +
          `${bytes(report.bytesBefore)} → ${bytes(report.bytesAfter)}, ${count(report.rows)} rows`,
  );
  if (report.removed > 0) output.line(`${count(report.removed)} segments merged earlier went.`);
  return 0;
}
