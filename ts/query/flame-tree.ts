/**
 * Calls gathered by the way that leads to them.
 *
 *     const tree = new FlameTree({ maxDepth: 200, maxNodes: 20_000 });
 *     const node = tree.add(TOP, place, { selfNs, durationNs, errors: 0 });
 *     tree.add(node, other, …);                 // a call that the first one caused
 *
 * Limits: what lies deeper than `maxDepth`, or would be a node too many, is added to the node above
 * it and counted.
 */

/** Above all nodes. */
export const TOP = 0;
/** Places, in the key of a node below another. */
const PLACES = 2 ** 22;

/** A node of the tree. */
export interface FlameSums {
  readonly parent: number;
  /** Number of the function; -1 at the top. */
  readonly place: number;
  readonly depth: number;
  calls: number;
  errors: number;
  selfNs: number;
  durationNs: number;
}

/** The tree. */
export class FlameTree {
  readonly nodes: FlameSums[] = [sums(-1, -1, 0)];
  /** Calls that were added to the node above theirs. */
  folded = 0;
  readonly #maxDepth: number;
  readonly #maxNodes: number;
  readonly #below = new Map<number, number>();

  constructor({ maxDepth, maxNodes }: { maxDepth: number; maxNodes: number }) {
    this.#maxDepth = maxDepth;
    this.#maxNodes = maxNodes;
  }

  /** Adds a call of a function below a node. Its own node, for those that it causes. */
  add(parent: number, place: number, { selfNs, durationNs, errors }: CallSums): number {
    const node = this.#enter(parent, place);
    const into = this.nodes[node ?? parent] as FlameSums;
    into.selfNs += selfNs;
    if (node === null) {
      this.folded++;
      return parent;
    }
    into.calls++;
    into.errors += errors;
    into.durationNs += durationNs;
    return node;
  }

  #enter(parent: number, place: number): number | null {
    const key = parent * PLACES + place;
    const known = this.#below.get(key);
    if (known !== undefined) return known;
    const { depth } = this.nodes[parent] as FlameSums;
    if (depth >= this.#maxDepth || this.nodes.length > this.#maxNodes) return null;
    const node = this.nodes.push(sums(parent, place, depth + 1)) - 1;
    this.#below.set(key, node);
    return node;
  }
}

/** What a call adds. */
export type CallSums = Pick<FlameSums, "selfNs" | "durationNs" | "errors">;

function sums(parent: number, place: number, depth: number): FlameSums {
  return { parent, place, depth, calls: 0, errors: 0, selfNs: 0, durationNs: 0 };
}
