/**
 * Pages of rows, and what to say where nothing was found.
 *
 *     pageAnswer({ items, nextCursor, …, row, line, cursorAt })
 *
 * Where the budget cuts a page short, its cursor is that of the last row that fits, so that no row is
 * lost between pages.
 */
import { BreadcrumbError } from "../errors";
import { nearestWords } from "../options/nearest-words";
import type { Store } from "../query/index";
import type { Answer } from "./answer";
import { short } from "./clean-text";

/** Names that are offered. */
const MOST_NAMES = 5;

/** A page, and how to write it. */
export interface PageOf<Item, Row> {
  readonly items: readonly Item[];
  readonly nextCursor: string | null;
  /** What the rows are called: the name of their field, and in the summary. */
  readonly field: string;
  readonly noun: string;
  readonly row: (item: Item, valueBytes: number) => Row;
  readonly line: (row: Row) => string;
  /** The cursor behind an item. */
  readonly cursorAt: (item: Item, index: number) => string;
  /** Said where there are none. */
  readonly none: string;
  /** What to do next with the rows. */
  readonly next?: string;
  /** Lines behind those of the rows. */
  readonly lines?: readonly string[];
  /** Further fields. */
  readonly data?: Readonly<Record<string, unknown>>;
}

/** The answer. */
export function pageAnswer<Item, Row>(page: PageOf<Item, Row>): Answer {
  const { items } = page;
  return {
    most: items.length,
    write: (count, valueBytes) => {
      const rows = items.slice(0, count).map((item) => page.row(item, valueBytes));
      const last = items[count - 1];
      const nextCursor =
        count < items.length && last !== undefined
          ? page.cursorAt(last, count - 1)
          : page.nextCursor;
      const more = nextCursor === null ? "" : " More: the same call with cursor = nextCursor.";
      const summary =
        items.length === 0
          ? page.none
          : `${count} ${page.noun}.${more}${page.next === undefined ? "" : ` ${page.next}`}`;
      return {
        summary,
        lines: [...rows.map((row) => page.line(row)), ...(page.lines ?? [])],
        data: { ...page.data, [page.field]: rows, nextCursor },
      };
    },
  };
}

/** A cursor by position, for lists that are read whole. */
function positionCursor(question: string, next: number): string {
  return Buffer.from(JSON.stringify([question, next])).toString("base64url");
}

/** The position of a cursor; 0 without one. Throws `BC_ERR_BAD_OPTION`. */
function positionOf(question: string, cursor: string | undefined): number {
  if (cursor === undefined) return 0;
  try {
    const [from, next] = JSON.parse(Buffer.from(cursor, "base64url").toString()) as unknown[];
    if (from === question && Number.isSafeInteger(next) && (next as number) >= 0) {
      return next as number;
    }
  } catch {
    // Told below, together with cursors of other tools.
  }
  throw new BreadcrumbError(
    "BC_ERR_BAD_OPTION",
    `cursor is not one that ${question} returned: leave it out to begin at the first page`,
  );
}

/** A page of a list that is read whole. */
export function listPage<Item>(
  question: string,
  all: readonly Item[],
  { cursor, limit }: { readonly cursor?: string | undefined; readonly limit: number },
) {
  const from = positionOf(question, cursor);
  const items = all.slice(from, from + limit);
  return {
    items,
    nextCursor: from + limit < all.length ? positionCursor(question, from + limit) : null,
    cursorAt: (_: Item, index: number) => positionCursor(question, from + index + 1),
  };
}

/**
 * Throws `BC_ERR_NOT_FOUND` with the nearest names where the store knows no function of this name: an
 * empty page would read as "it did not run so".
 */
export async function checkFunction(store: Store, name: string | undefined): Promise<void> {
  if (name === undefined) return;
  if ((await store.stats({ function: name, limit: 1 })).length > 0) return;
  const all = await store.stats({ sort: "calls" });
  const names = [...new Set(all.map((stats) => stats.function))];
  const near = nearestWords(name.replaceAll("*", ""), names, MOST_NAMES);
  const busiest = names.slice(0, MOST_NAMES);
  const listed = (list: readonly string[]) =>
    list.map((word) => JSON.stringify(short(word, 100))).join(", ");
  const hint =
    near.length > 0
      ? `the nearest names: ${listed(near)}`
      : names.length === 0
        ? "the store has no calls"
        : `no name is near; the most called: ${listed(busiest)}`;
  throw new BreadcrumbError(
    "BC_ERR_NOT_FOUND",
    `no function ${JSON.stringify(short(name, 100))} was recorded: ${hint}. * stands for any text ("*.add"); find_gaps tells what did not run`,
  );
}
