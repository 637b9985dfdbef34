/**
 * Where time went, by the way that leads there: a flame graph.
 *
 *     const flame = await readFlame(reader, { run: "latest" });
 *     flame.root.children[0]   // { name: "main", value: 5200000, selfNs: 1000, calls: 1, children: […], … }
 *
 * `value` is the running time of a node and all below it, so that the widths add up; time that was
 * waited is in none. Calls are read trace by trace, in batches: memory is bounded by the largest trace
 * and by `maxNodes`. Limits: calls whose caller is not among those read stand at the top.
 */
import { type CallFilter, selectCalls } from "./call-filter";
import { checkWhole, Conditions } from "./conditions";
import { FlameTree, type FlameSums, TOP } from "./flame-tree";
import { type IdRange, type IdRanges, idRanges, mayHoldRange } from "./id-ranges";
import type { Reader } from "./reader";
import type { Flame, FlameNode } from "./pictures";
import type { SampleKind } from "./results";
import type { Rows } from "./rows";
import { runsIn } from "./segment-choice";
import { readSampledFlame } from "./sampled-flame";
import type { Segment } from "./segment-summary";

/** Which calls, and how fine. */
export interface FlameFilter extends Pick<
  CallFilter,
  "run" | "trace" | "thread" | "since" | "until"
> {
  /** Of what V8's profilers found, instead of calls: ns of `cpu`, bytes of `heap`. */
  readonly samples?: SampleKind | undefined;
  /** Only what calls of this function did; `*` stands for any characters. */
  readonly focus?: string | undefined;
  /** Deeper calls are added to the node above them. @default 200 */
  readonly maxLevels?: number | undefined;
  /** Further nodes are added to those above them. @default 20_000 */
  readonly maxNodes?: number | undefined;
  /** Read at most so many calls. @default 10_000_000 */
  readonly maxCalls?: number | undefined;
}

const DEFAULT_LEVELS = 200;
/** `JSON.stringify`, and those that draw it, recurse. */
const MOST_LEVELS = 2000;
const DEFAULT_NODES = 20_000;
const MOST_NODES = 1_000_000;
const DEFAULT_CALLS = 10_000_000;
/** Calls of traces that are read together, about: 50 MB. */
const BATCH = 500_000;
/** Of a call at the top that is not what `focus` names: it has no node. */
const OUTSIDE = -1;
const PLACE = "(hash(function, file, line, col) >> 12)::DOUBLE AS place";

/** The flame graph. Throws `BC_ERR_BAD_OPTION`, `BC_ERR_NOT_FOUND`. */
export async function readFlame(reader: Reader, filter: FlameFilter = {}): Promise<Flame> {
  if (filter.samples !== undefined) return readSampledFlame(reader, filter.samples, filter);
  const maxCalls = checkWhole("maxCalls", filter.maxCalls ?? DEFAULT_CALLS, 1, 2 ** 31);
  const tree = new FlameTree({
    maxDepth: checkWhole("maxLevels", filter.maxLevels ?? DEFAULT_LEVELS, 1, MOST_LEVELS),
    maxNodes: checkWhole("maxNodes", filter.maxNodes ?? DEFAULT_NODES, 1, MOST_NODES),
  });
  const { run, trace: ofTrace, thread, since, until } = filter;
  const selection = await selectCalls(reader, { run, trace: ofTrace, thread, since, until });
  const { where, choose, trace } = selection;
  const asked = { reader, where, choose };
  const places = await readPlaces(asked, filter.focus);
  let calls = 0;
  let truncated = false;
  for (const runId of runsIn(reader.segments.all().filter(choose))) {
    const ids: IdRanges = { runId, column: "root_id", width: BATCH, rootId: trace?.rootId };
    for await (const range of idRanges(reader, ids)) {
      const rows = await readBatch(asked, ids, range, maxCalls - calls + 1);
      truncated = rows.count > maxCalls - calls;
      calls += addBatch(tree, rows, places, maxCalls - calls);
      if (truncated) return finish(tree, places, { calls, truncated });
    }
  }
  return finish(tree, places, { calls, truncated });
}

interface Asked {
  readonly reader: Reader;
  readonly where: Conditions;
  readonly choose: (segment: Segment) => boolean;
}

/** The functions by their number. */
interface Places {
  readonly numbers: ReadonlyMap<number, number>;
  readonly list: readonly Omit<FlameNode, keyof FlameSums | "value" | "children">[];
  /** Whether a stack may begin with it. */
  readonly begins: readonly boolean[];
}

async function readPlaces(
  { reader, where, choose }: Asked,
  focus: string | undefined,
): Promise<Places> {
  const focused = new Conditions("focus");
  focused.text("function", focus);
  const rows = await reader.rows({
    sources: { calls: { table: "calls", choose } },
    sql: (from) => `
      SELECT ${PLACE}, function, file, line, col, (${focused.sql()})::INTEGER AS begins
      FROM (SELECT DISTINCT function, file, line, col FROM ${from.calls} WHERE ${where.sql()})`,
    parameters: { ...where.parameters, ...focused.parameters },
  });
  return {
    numbers: new Map(Array.from(rows.numbers("place"), (place, number) => [place, number])),
    list: rows.map((row) => ({
      name: row.text("function"),
      file: row.text("file"),
      line: row.number("line"),
      col: row.number("col"),
    })),
    begins: rows.map((row) => row.number("begins") === 1),
  };
}

function readBatch(
  { reader, where, choose }: Asked,
  ids: IdRanges,
  range: IdRange,
  limit: number,
): Promise<Rows> {
  return reader.rows({
    sources: {
      calls: { table: "calls", choose: (s) => choose(s) && mayHoldRange(s, ids, range) },
    },
    sql: (from) => `
      SELECT ${PLACE}, root_id::DOUBLE AS root_id, call_id::DOUBLE AS call_id,
        parent_id::DOUBLE AS parent_id, self_ns::DOUBLE AS self_ns,
        coalesce(duration_ns, 0)::DOUBLE AS duration_ns, (status = 'threw')::DOUBLE AS errors
      FROM ${from.calls}
      WHERE ${where.sql()} AND run_id = $run
        AND root_id BETWEEN $first::BIGINT AND $last::BIGINT
      ORDER BY root_id, call_id LIMIT ${limit}`,
    parameters: { ...where.parameters, run: ids.runId, first: range.first, last: range.last },
  });
}

/** Adds the calls of some traces, callers before callees. Their number. */
function addBatch(tree: FlameTree, rows: Rows, places: Places, most: number): number {
  const [place, root, call, parent] = ["place", "root_id", "call_id", "parent_id"].map((name) =>
    rows.numbers(name),
  ) as [Float64Array, Float64Array, Float64Array, Float64Array];
  const [self, duration, errors] = ["self_ns", "duration_ns", "errors"].map((name) =>
    rows.numbers(name),
  ) as [Float64Array, Float64Array, Float64Array];
  const count = Math.min(rows.count, most);
  const nodes = new Int32Array(count);
  let first = 0;
  for (let i = 0; i < count; i++) {
    if (root[i] !== root[first]) first = i;
    const above = indexOf(call, parent[i] as number, first, i);
    const number = places.numbers.get(place[i] as number) ?? 0;
    let into = above < 0 ? OUTSIDE : (nodes[above] as number);
    if (into === OUTSIDE && places.begins[number]) into = TOP;
    nodes[i] =
      into === OUTSIDE
        ? OUTSIDE
        : tree.add(into, number, {
            selfNs: self[i] as number,
            durationNs: duration[i] as number,
            errors: errors[i] as number,
          });
  }
  return count;
}

/** Where `id` stands in ascending `ids`, from `from` to before `to`; -1 where it does not. */
function indexOf(ids: Float64Array, id: number, from: number, to: number): number {
  // A root has no caller.
  if (Number.isNaN(id)) return -1;
  let low = from;
  let high = to - 1;
  while (low <= high) {
    const middle = (low + high) >>> 1;
    const found = ids[middle] as number;
    if (found === id) return middle;
    if (found < id) low = middle + 1;
    else high = middle - 1;
  }
  return -1;
}

type Building = Omit<FlameNode, "value" | "children"> & { value: number; children: Building[] };

function finish(
  tree: FlameTree,
  places: Places,
  { calls, truncated }: { calls: number; truncated: boolean },
): Flame {
  const built = tree.nodes.map(({ place, depth: _depth, parent: _parent, ...sums }): Building => ({
    ...(places.list[place] ?? { name: "all", file: null, line: null, col: null }),
    ...sums,
    value: sums.selfNs,
    children: [],
  }));
  // Nodes stand behind those above them.
  for (let i = built.length - 1; i > 0; i--) {
    const node = built[i] as Building;
    const above = built[tree.nodes[i]?.parent ?? 0] as Building;
    above.value += node.value;
    above.children.push(node);
    node.children.sort((a, b) => b.value - a.value);
  }
  const root = built[0] as Building;
  root.children.sort((a, b) => b.value - a.value);
  return { root, calls, folded: tree.folded, truncated };
}
