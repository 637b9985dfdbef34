/**
 * Kinds of one thing beside one another: each in a process of its own, a little of one after a little of the other, so that all meet the
 * same machine.
 *
 *     await inTurn([["plain", child], ["recorded", other]], { first: 500, count: 2000, piece: 50 })
 */
import type { ChildProcess } from "node:child_process";

/** How much of each. */
export interface Pieces {
  /** What is done before it counts: by then most of what runs is optimised. */
  readonly first: number;
  readonly count: number;
  /** Of one kind before the next one's turn. */
  readonly piece: number;
}

/** What each kind took for one, by what the children answer to how many they are to do. */
export async function inTurn(
  children: readonly (readonly [kind: string, child: ChildProcess])[],
  { first, count, piece }: Pieces,
): Promise<ReadonlyMap<string, number>> {
  const took = new Map<string, number>(children.map(([kind]) => [kind, 0]));
  for (let done = -first; done < count; done += piece) {
    for (const [kind, child] of children) {
      const more = await ask<number>(child, piece);
      if (done >= 0) took.set(kind, (took.get(kind) as number) + more / count);
    }
  }
  return took;
}

/** Tells a child what to do. Gives its answer. */
export function ask<T>(child: ChildProcess, what: number | object): Promise<T> {
  child.send(what);
  return answer(child);
}

/** A child's next message. Rejects if it ends instead. */
export function answer<T>(child: ChildProcess): Promise<T> {
  return new Promise((resolve, reject) => {
    const ended = (code: number | null): void => reject(new Error(`ended with ${code}`));
    child.once("exit", ended);
    child.once("message", (message) => {
      child.off("exit", ended);
      resolve(message as T);
    });
  });
}
