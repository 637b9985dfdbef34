/**
 * Progress of what only takes time: the seconds that have gone, once a second.
 *
 *     const end = tellSeconds(context, 120, () => "the command runs");
 *     …
 *     end();
 */
import type { ToolContext } from "./tool";

/** How often, ms. */
const EVERY_MS = 1000;
const MS_PER_S = 1000;

/** Begins to tell. Returns what ends it. `total`: seconds that it may take; `message`: asked each time. */
export function tellSeconds(
  { progress }: Pick<ToolContext, "progress">,
  total: number,
  message: () => string,
): () => void {
  const begun = Date.now();
  const timer = setInterval(() => {
    progress(Math.round((Date.now() - begun) / MS_PER_S), total, message());
  }, EVERY_MS);
  return () => clearInterval(timer);
}
