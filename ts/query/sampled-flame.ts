/**
 * A flame graph of what V8's profilers found, instead of calls.
 *
 *     await readSampledFlame(reader, "cpu", { run: "latest" })   // value: ns; with "heap": bytes
 *
 * Limits: as `flame.ts`; `calls` are samples, nothing is waiting time.
 */
import { badOption } from "../errors";
import { checkWhole, Conditions, parseSpan } from "./conditions";
import type { FlameFilter } from "./flame";
import type { Flame, FlameNode } from "./pictures";
import type { Reader } from "./reader";
import type { SampleKind } from "./results";

/** A frame of a row's `stack`. */
type Frame = readonly [name: string, file: string | null, line: number | null, col: number | null];

/** A node that grows. */
interface Growing {
  readonly node: { -readonly [K in keyof FlameNode]: FlameNode[K] };
  readonly below: Map<string, Growing>;
}

/** Stacks that are read, the heaviest first. */
const MOST_STACKS = 200_000;
const DEFAULT_LEVELS = 200;
const DEFAULT_NODES = 20_000;

/** The flame graph. Throws `BC_ERR_BAD_OPTION`, `BC_ERR_NOT_FOUND`. */
export async function readSampledFlame(
  reader: Reader,
  kind: SampleKind,
  filter: Omit<FlameFilter, "samples">,
): Promise<Flame> {
  const { run, trace, thread, since, until, focus } = filter;
  if (trace !== undefined) throw badOption("samples are of a thread: they have no trace");
  const levels = checkWhole("maxLevels", filter.maxLevels ?? DEFAULT_LEVELS, 1, 2000);
  const nodes = checkWhole("maxNodes", filter.maxNodes ?? DEFAULT_NODES, 1, 1_000_000);
  reader.refresh();
  const where = new Conditions("p");
  where.word("kind", kind, ["cpu", "heap"]);
  if (run !== undefined) where.add("run_id = ?", reader.resolveRun(run));
  if (thread !== undefined) where.add("thread_id = ?", thread);
  const span = parseSpan({ since, until });
  if (span.sinceNs !== undefined) where.add(`"to" >= make_timestamp_ns(?)`, span.sinceNs);
  if (span.untilNs !== undefined) where.add(`"from" < make_timestamp_ns(?)`, span.untilNs);
  const rows = await reader.rows({
    sources: { samples: { table: "samples" } },
    sql: (from) => `
      SELECT stack, sum(samples)::DOUBLE AS samples, sum(weight)::DOUBLE AS weight
      FROM ${from.samples} WHERE ${where.sql()} GROUP BY stack
      ORDER BY weight DESC, stack LIMIT ${MOST_STACKS + 1}`,
    parameters: where.parameters,
  });
  const tree = new SampledTree(levels, nodes, focus);
  const stacks = rows.map((row) => ({
    frames: (JSON.parse(row.text("stack")) as Frame[]).toReversed(),
    samples: row.number("samples"),
    weight: row.number("weight"),
  }));
  for (const { frames, samples, weight } of stacks.slice(0, MOST_STACKS)) {
    tree.add(frames, samples, weight);
  }
  return tree.finish(stacks.length > MOST_STACKS);
}

class SampledTree {
  readonly #root = growing(["all", null, null, null]);
  readonly #levels: number;
  readonly #begins: ((name: string) => boolean) | undefined;
  #nodesLeft: number;
  #samples = 0;
  #folded = 0;

  constructor(levels: number, nodes: number, focus: string | undefined) {
    this.#levels = levels;
    this.#nodesLeft = nodes;
    this.#begins = focus === undefined ? undefined : matcher(focus);
  }

  /** `frames`: the outermost first. */
  add(frames: readonly Frame[], samples: number, weight: number): void {
    const begins = this.#begins;
    const from = begins === undefined ? 0 : frames.findIndex(([name]) => begins(name));
    if (from < 0) return;
    this.#samples += samples;
    let at = this.#root;
    const grow = (): void => {
      at.node.value += weight;
      at.node.durationNs += weight;
      at.node.calls += samples;
    };
    grow();
    for (const [level, frame] of frames.slice(from).entries()) {
      const key = frame.join("\n");
      let next = at.below.get(key);
      if (next === undefined) {
        if (level >= this.#levels || this.#nodesLeft <= 0) {
          this.#folded += samples;
          break;
        }
        this.#nodesLeft -= 1;
        next = growing(frame);
        at.below.set(key, next);
      }
      at = next;
      grow();
    }
    at.node.selfNs += weight;
  }

  finish(truncated: boolean): Flame {
    return { root: finished(this.#root), calls: this.#samples, folded: this.#folded, truncated };
  }
}

function growing([name, file, line, col]: Frame): Growing {
  const sums = { value: 0, selfNs: 0, durationNs: 0, calls: 0, errors: 0 };
  return { node: { name, file, line, col, ...sums, children: [] }, below: new Map() };
}

function finished({ node, below }: Growing): FlameNode {
  const children = [...below.values()].map(finished);
  return { ...node, children: children.toSorted((a, b) => b.value - a.value) };
}

/** `*` stands for any characters. */
function matcher(pattern: string): (name: string) => boolean {
  const parts = pattern.split("*").map((part) => part.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&"));
  const expression = new RegExp(`^${parts.join(".*")}$`, "s");
  return (name) => expression.test(name);
}
