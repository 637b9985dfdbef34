/**
 * Which blocks of calls run: what `$bc.n(f, id, k)` says goes into this thread's stretch of that call, and from there
 * into a record when the call ends, or when one goes on that began before it.
 *
 *     f: n(5,12,0) n(5,12,1) → g: n(6,13,0)         // stretches of 5 and, above it, 6
 *     g returns                                     // LINES of 6: block 0 once
 *     f: n(5,12,1), and returns                     // LINES of 5: block 0 once, 1 twice
 *
 * Tokens tell which call began first, so those of stretches grow from the lowest to the topmost. Blocks of calls that are not
 * recorded are counted in the ring's memory. Limits: one instance a thread.
 */
import {
  BLOCK_BITS,
  BLOCKS_OFFSET,
  FIRST_BLOCKS_OFFSET,
  FLAG_LINES_WIDE,
  FLAGS_SHIFT,
  LINES,
  MAX_BLOCKS,
  MAX_FUNCTION_BLOCKS,
  MAX_FUNCTIONS,
  MAX_TOLD_BLOCKS,
  MODE_OFF,
  STRETCH_BELOW,
  STRETCH_CALL,
  STRETCH_END,
  STRETCH_FIRST,
  STRETCH_FUNCTION,
  STRETCH_HIGHEST,
  STRETCH_MAX_TIMES,
  STRETCH_OFFSET,
  STRETCH_OWN_TIMES,
  STRETCH_TIMES,
  STRETCH_TIMES_OFFSET,
  STRETCH_TOKEN,
  STRETCH_TOP,
  STRETCH_TOUCHED,
  STRETCH_WORDS,
  TOKEN_LINES,
  TOKEN_MASK,
  WORDS_SHIFT,
} from "../native/layout";
import { native } from "../native/load";
import { LIMIT, POS, state } from "./state";
import { canCount, control, due, i32, loseRecord, modes, refresh } from "./writer";

const memory = native.threadMemory();
/** By function: the number of its first block among all. */
const firstBlocks = new Uint32Array(control, FIRST_BLOCKS_OFFSET, MAX_FUNCTIONS);
/** How often blocks ran in calls that are not recorded. */
const counted = new Uint32Array(memory, BLOCKS_OFFSET, MAX_BLOCKS);

/** What is in no record yet, where a recovery finds it, too. */
const stretch = new Int32Array(memory, STRETCH_OFFSET, STRETCH_WORDS);
/** How often the blocks of stretches ran. */
const times = new Float64Array(memory, STRETCH_OFFSET + STRETCH_TIMES_OFFSET, STRETCH_MAX_TIMES);

/** Words that a stretch has at least when it is begun. */
const LEAST_WORDS = 256;
/** The most that a record says of one block in half a word, and in a whole one; what is more is counted. */
const MOST = 2 ** (32 - BLOCK_BITS) - 1;
const MOST_WIDE = 0xffff_ffff;

/** A block of function `id` runs, in the call with this token. */
export function blockRuns(f: number, id: number, block: number): void {
  if (f === 0) return runsUnrecorded(id, block);
  if (f !== stretch[STRETCH_TOKEN]) return takeTurn(f, id, block);
  const at = (stretch[STRETCH_TIMES] as number) + block;
  const before = times[at] as number;
  times[at] = before + 1;
  if (before === 0) touch(block);
}

/** A block has run that is not in the topmost stretch yet. */
function touch(block: number): void {
  const top = stretch[STRETCH_TOP] as number;
  const end = stretch[STRETCH_END] as number;
  stretch[end] = block;
  stretch[STRETCH_END] = end + 1;
  if (block > (stretch[top + STRETCH_HIGHEST] as number)) stretch[top + STRETCH_HIGHEST] = block;
  const isFull = end + 1 === STRETCH_WORDS || end + 1 - top === STRETCH_TOUCHED + MAX_TOLD_BLOCKS;
  if (isFull) tell(top);
}

/** The same in a call that is not recorded. */
function runsUnrecorded(id: number, block: number): void {
  if (modes[id] !== MODE_OFF) countBlock(id, block, 1);
}

/** Another call runs than the topmost stretch's. */
function takeTurn(f: number, id: number, block: number): void {
  if ((f & TOKEN_LINES) === 0) return runsUnrecorded(id, block);
  while (began(f) < began(stretch[STRETCH_TOKEN] as number)) endTop();
  if (f !== stretch[STRETCH_TOKEN]) begin(f, id);
  blockRuns(f, id, block);
}

/** Grows with each call; 0 for that of no stretch. */
function began(f: number): number {
  return f & TOKEN_MASK;
}

/** A stretch of this call, on top. */
function begin(f: number, id: number): void {
  let below = 0;
  let top = STRETCH_FIRST;
  let from = 0;
  if (stretch[STRETCH_TOKEN] !== 0) {
    below = stretch[STRETCH_TOP] as number;
    top = stretch[STRETCH_END] as number;
    from = (stretch[STRETCH_TIMES] as number) + (stretch[below + STRETCH_HIGHEST] as number) + 1;
    if (top > STRETCH_WORDS - LEAST_WORDS || from + MAX_FUNCTION_BLOCKS > STRETCH_MAX_TIMES) {
      while (stretch[STRETCH_TOKEN] !== 0) endTop();
      return begin(f, id);
    }
  }
  stretch[top + STRETCH_BELOW] = below;
  stretch[top + STRETCH_CALL] = f;
  stretch[top + STRETCH_FUNCTION] = id;
  stretch[top + STRETCH_OWN_TIMES] = from;
  stretch[top + STRETCH_HIGHEST] = 0;
  stretch[STRETCH_TOP] = top;
  stretch[STRETCH_END] = top + STRETCH_TOUCHED;
  stretch[STRETCH_TIMES] = from;
  stretch[STRETCH_TOKEN] = f;
}

/** A call with TOKEN_LINES ends: what ran of it goes into the ring before. */
export function endLines(f: number): void {
  if (f === stretch[STRETCH_TOKEN]) return endTop();
  while (began(f) <= began(stretch[STRETCH_TOKEN] as number)) endTop();
}

/** Tells what is in the topmost stretch; the one below is the topmost then. */
function endTop(): void {
  const top = stretch[STRETCH_TOP] as number;
  tell(top);
  const below = stretch[top + STRETCH_BELOW] as number;
  if (below === 0) {
    stretch[STRETCH_TOKEN] = 0;
    return;
  }
  stretch[STRETCH_END] = top;
  stretch[STRETCH_TOP] = below;
  stretch[STRETCH_TIMES] = stretch[below + STRETCH_OWN_TIMES] as number;
  stretch[STRETCH_TOKEN] = stretch[below + STRETCH_CALL] as number;
}

/** Writes what is in the topmost stretch, and empties it. */
function tell(top: number): void {
  // Another session's memory may be in its place then, which has none.
  const hasRoom = !due() || refresh();
  const end = stretch[STRETCH_END] as number;
  const first = top + STRETCH_TOUCHED;
  if (end <= first) return;
  const rest = hasRoom ? tellHalf(top, end) : first;
  if (rest < end) tellRest(top, rest, end);
  stretch[STRETCH_END] = first;
}

/** Writes the blocks from a word of the topmost stretch on, each as a word, or counts them. */
function tellRest(top: number, rest: number, end: number): void {
  const id = stretch[top + STRETCH_FUNCTION] as number;
  if ((state[POS] as number) <= (state[LIMIT] as number) || refresh()) {
    return tellWide(id, rest, end);
  }
  loseRecord();
  for (let at = rest; at < end; at++) countBlock(id, stretch[at] as number, take(at));
}

/** How often the block at a word of the topmost stretch ran, which begins anew. */
function take(at: number): number {
  const own = (stretch[STRETCH_TIMES] as number) + (stretch[at] as number);
  const ran = times[own] as number;
  times[own] = 0;
  return ran;
}

/** Writes blocks as two a word, up to the first that ran too often for that. Gives where that is. */
function tellHalf(top: number, end: number): number {
  const p = state[POS] as number;
  const from = stretch[STRETCH_TIMES] as number;
  let at = top + STRETCH_TOUCHED;
  let half = 2 * p + 3;
  for (; at < end; at++) {
    const block = stretch[at] as number;
    const ran = times[from + block] as number;
    if (ran > MOST) break;
    times[from + block] = 0;
    i32[half] = block | (ran << BLOCK_BITS);
    half += 1;
  }
  if (half === 2 * p + 3) return at;
  if ((half & 1) !== 0) i32[half++] = 0;
  i32[2 * p + 2] = stretch[top + STRETCH_FUNCTION] as number;
  i32[2 * p + 1] = began(stretch[STRETCH_TOKEN] as number);
  i32[2 * p] = LINES | ((half / 2 - p) << WORDS_SHIFT);
  state[POS] = half / 2;
  return at;
}

function tellWide(id: number, rest: number, end: number): void {
  const p = state[POS] as number;
  let q = p + 2;
  for (let at = rest; at < end; at++) {
    const block = stretch[at] as number;
    const ran = take(at);
    if (ran > MOST_WIDE) countBlock(id, block, ran - MOST_WIDE);
    i32[2 * q] = block;
    i32[2 * q + 1] = ran < MOST_WIDE ? ran : MOST_WIDE;
    q += 1;
  }
  i32[2 * p + 2] = id;
  i32[2 * p + 3] = 0;
  i32[2 * p + 1] = began(stretch[STRETCH_TOKEN] as number);
  i32[2 * p] = LINES | (FLAG_LINES_WIDE << FLAGS_SHIFT) | ((q - p) << WORDS_SHIFT);
  state[POS] = q;
}

function countBlock(id: number, block: number, ran: number): void {
  if (!canCount()) return;
  const at = (firstBlocks[id] as number) + block;
  counted[at] = (counted[at] as number) + ran;
}
