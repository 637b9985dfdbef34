/**
 * Where an object was met: the calls that got it or gave it back, oldest first.
 *
 *     const { items } = await follow(reader, 12);
 *     items[0].paths   // ["arguments[0].cart"]
 *
 * Objects have numbers where `values: { identity: true }` recorded them; a number is one object's within
 * a thread of a run. Limits: a walk over the values of the run, as a search is; found is what was looked
 * into, so an object below a cut is not.
 */
import { checkWhole, type Conditions } from "./conditions";
import { type CallPageFilter, calls } from "./calls";
import type { Reader } from "./reader";
import type { FollowedCall, JsonValue, Page } from "./results";
import { ARGUMENTS_TEXT, RESULT_TEXT } from "./value-conditions";
import { formatValuePath, type ValuePath } from "../options/value-path";

/** Which page of the calls that met an object. */
export interface FollowFilter extends Pick<
  CallPageFilter,
  "run" | "thread" | "trace" | "function" | "file" | "limit" | "cursor"
> {
  /** @default "oldest" */
  readonly order?: CallPageFilter["order"];
}

const MAX_ID = 2 ** 32 - 1;

/**
 * A page of the calls of a run (the newest unless told) that met the object with this number in a
 * thread (the main one unless told). Throws `BC_ERR_BAD_OPTION`, `BC_ERR_NOT_FOUND`.
 */
export async function follow(
  reader: Reader,
  objectId: number,
  filter: FollowFilter = {},
): Promise<Page<FollowedCall>> {
  checkWhole("objectId", objectId, 1, MAX_ID);
  const page = await calls(
    reader,
    { ...filter, ...objectScope(filter), order: filter.order ?? "oldest" },
    (where) => addObject(where, objectId),
  );
  const items = page.items.map((call) => ({ call, paths: pathsOf(call, objectId) }));
  return { items, nextCursor: page.nextCursor };
}

/** Where a number is one object's: in a trace; else in a run and thread, the newest's main one unless told. */
export function objectScope({
  run,
  trace,
  thread,
}: Pick<FollowFilter, "run" | "trace" | "thread">): Pick<FollowFilter, "run" | "thread"> {
  if (trace !== undefined) return { run, thread };
  return { run: run ?? "latest", thread: thread ?? 0 };
}

/** The mark stands at the head of an object's JSON. In a text of the program's, its quotes are escaped. */
function addObject(where: Conditions, objectId: number): void {
  const marks = [`{"$id":${objectId},`, `{"$id":${objectId}}`].map((mark) => where.bind(mark));
  const columns = [ARGUMENTS_TEXT, RESULT_TEXT];
  const tests = columns.flatMap((column) => marks.map((mark) => `contains(${column}, ${mark})`));
  where.addSql(`(${tests.join(" OR ")})`);
}

function pathsOf(
  call: { readonly arguments: JsonValue | undefined; readonly result: JsonValue | undefined },
  objectId: number,
): string[] {
  const paths: string[] = [];
  for (const head of ["arguments", "result"] as const) {
    addPaths(call[head] ?? null, objectId, { head, steps: [] }, paths);
  }
  return paths;
}

function addPaths(value: JsonValue, objectId: number, at: ValuePath, paths: string[]): void {
  if (typeof value !== "object" || value === null) return;
  if (!Array.isArray(value) && (value as { $id?: JsonValue }).$id === objectId) {
    paths.push(formatValuePath(at));
  }
  for (const [key, inner] of Object.entries(value)) {
    const step = Array.isArray(value) ? Number(key) : key;
    addPaths(inner, objectId, { ...at, steps: [...at.steps, step] }, paths);
  }
}
