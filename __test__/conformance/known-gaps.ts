/**
 * The known gaps: programs that differ when traced, `known-gaps.json`. A gap that opens (a program
 * differs that is not in the list) fails, and so does one that closes (it is in the list and equal).
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Program } from "./programs.ts";

/** What is compared. */
export type Check = "output" | "counts";

/** An entry of the list. */
interface KnownGap {
  readonly program: string;
  /** Major versions of Node on which it differs. */
  readonly nodes: readonly number[];
  /** What is compared: all that can be seen of it (unless told), or its calls with V8's counts. */
  readonly check?: Check;
  /** What differs, and why it may. */
  readonly reason: string;
}

const LIST = join(import.meta.dirname, "known-gaps.json");
const gaps = JSON.parse(readFileSync(LIST, "utf8")) as readonly KnownGap[];

/** What a result means, given the list. */
export interface Verdict {
  readonly ok: boolean;
  readonly word: "equal" | "differs" | "known gap" | "gap closed";
}

/** Judges a result. */
export function judge(
  program: Program,
  major: number,
  equal: boolean,
  compared: Check = "output",
): Verdict {
  const known = gaps.some(
    ({ program: name, nodes, check = "output" }) =>
      name === program.name && nodes.includes(major) && check === compared,
  );
  if (known) return equal ? { ok: false, word: "gap closed" } : { ok: true, word: "known gap" };
  return equal ? { ok: true, word: "equal" } : { ok: false, word: "differs" };
}
