/**
 * Numbers that look like chance and are the same in every run of a test.
 *
 *     const chance = seeded(7); chance() // 0.2387…, from 0 up to 1
 */

/** The numbers of a seed. */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
