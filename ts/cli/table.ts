/**
 * A table that fits its terminal.
 *
 *     renderTable([{ title: "calls", right: true }, { title: "function", shrink: true }], [["12", "main"]], 80)
 *
 * Columns are as wide as their cells; where that is too much, those that may shrink share what is
 * left. Limits: cells are plain text without colours; `style` colours a column afterwards.
 */
import { cut } from "./printable";

/** A column. */
export interface Column {
  readonly title: string;
  /** Numbers stand at the right. */
  readonly right?: boolean;
  /** May be cut, but to no less than `SHRUNK`. */
  readonly shrink?: boolean;
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
  shrink(columns, widths, width);
  const line = (cells: readonly string[], row: number | null) =>
    columns
      .map(({ right, style }, i) => {
        const room = widths[i] as number;
        const cell = cut(cells[i] ?? "", room);
        const isLast = i === columns.length - 1;
        const padded = right ? cell.padStart(room) : isLast ? cell : cell.padEnd(room);
        return row === null || !style ? padded : style(padded, row);
      })
      .join(" ".repeat(GAP))
      .trimEnd();
  return [
    line(
      columns.map(({ title }) => title),
      null,
    ),
    ...rows.map((row, i) => line(row, i)),
  ];
}

/** Takes from the widest of the columns that may shrink until the table fits. */
function shrink(columns: readonly Column[], widths: number[], width: number): void {
  const total = () => widths.reduce((sum, w) => sum + w, GAP * (widths.length - 1));
  while (total() > width) {
    let widest = -1;
    for (const [i, column] of columns.entries()) {
      const room = widths[i] as number;
      if (column.shrink && room > SHRUNK && room > (widths[widest] ?? 0)) widest = i;
    }
    if (widest === -1) return;
    widths[widest] = (widths[widest] as number) - 1;
  }
}
