/**
 * Whether a process of this user is there.
 *
 *     isThere(4711)
 *
 * Limits: one that has ended, and that nobody has waited for, still is.
 */

// Taken now: a program in which this runs may put another in its place.
const kill = process.kill.bind(process);

/** See the module. */
export function isThere(pid: number): boolean {
  try {
    return kill(pid, 0);
  } catch {
    return false;
  }
}
