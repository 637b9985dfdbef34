/**
 * A table that fits its terminal.
 *
 *     renderTable([{ title: "calls", right: true }, { title: "function", shrink: "end" }], [["12", "main"]], 80)
 *
 * Columns are as wide as their cells; where that is too much, those that may shrink share what is
 * left, then those that may go go. Limits: cells are plain text without colours; `style` colours a
 * cell once it is laid out.
 */
import { cut, cutStart } from "./printable";

/** A column. */
export interface Column {
  readonly title: string;
  /** Numbers stand at the right. */
  readonly right?: boolean;
  /** May lose its end, or its start, but to no less than `SHRUNK`. */
  readonly shrink?: "end" | "start";
  /** May be left out where there is no room: the highest first. */
  readonly drop?: number;
  /** Applied to a cell once it is laid out. */
  readonly style?: (cell: string, row: number) => string;
}

const GAP = 2;
/** The least that a column is cut to. */
const SHRUNK = 12;

/** The table's lines, titles first. */
export function renderTable(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  width: number,
): string[] {
  const widths = columns.map(({ title }, i) =>
    rows.reduce((widest, row) => Math.max(widest, (row[i] ?? "").length), title.length),
  );
  const shown = fit(columns, widths, width);
  const line = (cells: readonly string[], row: number | null) =>
    shown
      .map((i, position) => {
        const { right, shrink, style } = columns[i] as Column;
        const room = widths[i] as number;
        const cell = (shrink === "start" ? cutStart : cut)(cells[i] ?? "", room);
        const isLast = position === shown.length - 1;
        const padded = right ? cell.padStart(room) : isLast ? cell : cell.padEnd(room);
        return row === null || !style ? padded : style(padded, row);
      })
      .join(" ".repeat(GAP))
      .trimEnd();
  const titles = columns.map(({ title }) => title);
  return [line(titles, null), ...rows.map((row, i) => line(row, i))];
}

/** The columns that are shown; narrows `widths`. */
function fit(columns: readonly Column[], widths: number[], width: number): number[] {
  const shown = columns.map((_, i) => i);
  const least = (i: number) =>
    columns[i]?.shrink ? Math.min(SHRUNK, widths[i] as number) : (widths[i] as number);
  const total = (of: (i: number) => number) =>
    shown.reduce((sum, i) => sum + of(i), GAP * (shown.length - 1));
  while (total(least) > width) {
    const last = shown.reduce((a, b) =>
      (columns[b]?.drop ?? 0) > (columns[a]?.drop ?? 0) ? b : a,
    );
    if (columns[last]?.drop === undefined) break;
    shown.splice(shown.indexOf(last), 1);
  }
  for (let excess = total((i) => widths[i] as number) - width; excess > 0; excess--) {
    const widest = shown
      .filter((i) => (widths[i] as number) > least(i))
      .reduce<number | null>(
        (a, b) => (a !== null && (widths[a] as number) >= (widths[b] as number) ? a : b),
        null,
      );
    if (widest === null) break;
    widths[widest] = (widths[widest] as number) - 1;
  }
  return shown;
}
