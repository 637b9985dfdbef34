/**
 * Figures of repeated runs, as ratios to plain ones.
 */
import type { Cost, Mode } from "./workload.ts";

/** A ratio with its spread: median, least and largest over the rounds. */
export interface Ratio {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/** A mode, full rings dropping; or the same without loss. */
export type Case = Mode | `${Mode}, lossless`;
/** One run of each. */
export type Round = ReadonlyMap<Case, Cost>;

/** Ratios of a mode to plain, round by round: what runs at the same time meets the same machine. */
export function ratio(rounds: readonly Round[], mode: Case, figure: (cost: Cost) => number): Ratio {
  const ratios = rounds.flatMap((round) => {
    const [plain, cost] = [round.get("plain"), round.get(mode)];
    return plain === undefined || cost === undefined ? [] : [figure(cost) / figure(plain)];
  });
  return spreadOf(ratios);
}

/** Median, least and largest. */
export function spreadOf(figures: readonly number[]): Ratio {
  const sorted = figures.toSorted((a, b) => a - b);
  return { median: median(sorted), min: sorted[0] ?? Number.NaN, max: sorted.at(-1) ?? Number.NaN };
}

/** Median of a figure of a mode. */
export function medianOf(
  rounds: readonly Round[],
  mode: Case,
  figure: (cost: Cost) => number,
): number {
  const figures = rounds.flatMap((round) => {
    const cost = round.get(mode);
    return cost === undefined ? [] : [figure(cost)];
  });
  return median(figures.toSorted((a, b) => a - b));
}

/** `1.24 (1.20–1.31)`. */
export function formatRatio({ median: middle, min, max }: Ratio): string {
  return `${middle.toFixed(2)} (${min.toFixed(2)}–${max.toFixed(2)})`;
}

/** Rows of cells as a table in Markdown, the first row its head. */
export function formatTable([head = [], ...rows]: readonly (readonly string[])[]): string {
  const lines = [head, head.map(() => "---"), ...rows];
  return lines.map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

/** The middle of sorted figures. */
export function median(sorted: readonly number[]): number {
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}
