/**
 * Which blocks of a call run: what `$bc.n(f, id, k)` says goes into this thread's table of the call that runs, and
 * from there into a record when another one's turn comes, or it ends.
 *
 *     f: n(5,12,0) n(5,12,1) n(5,12,1) → g: n(6,13,0)   // LINES of 5: block 0 once, 1 twice
 *
 * Blocks of calls that are not recorded are counted in the ring's memory. Limits: one instance a thread.
 */
import {
  BLOCKS_OFFSET,
  FIRST_BLOCKS_OFFSET,
  LINES,
  MAX_BLOCKS,
  MAX_FUNCTION_BLOCKS,
  MAX_FUNCTIONS,
  MAX_TOLD_BLOCKS,
  MODE_OFF,
  STRETCH_FUNCTION,
  STRETCH_LENGTH,
  STRETCH_OFFSET,
  STRETCH_TIMES_OFFSET,
  STRETCH_TOKEN,
  STRETCH_TOUCHED,
  TOKEN_LINES,
  TOKEN_MASK,
  WORDS_SHIFT,
} from "../native/layout";
import { native } from "../native/load";
import { POS, state } from "./state";
import { canCount, control, due, i32, loseRecord, modes, refresh } from "./writer";

const memory = native.threadMemory();
/** By function: the number of its first block among all. */
const firstBlocks = new Uint32Array(control, FIRST_BLOCKS_OFFSET, MAX_FUNCTIONS);
/** How often blocks ran in calls that are not recorded. */
const counted = new Uint32Array(memory, BLOCKS_OFFSET, MAX_BLOCKS);

/** What is in no record yet, where a recovery finds it, too: token, function and length, then numbers of blocks. */
const stretch = new Int32Array(memory, STRETCH_OFFSET, STRETCH_TOUCHED + MAX_TOLD_BLOCKS);
/** How often each block of the function ran. */
const times = new Float64Array(memory, STRETCH_OFFSET + STRETCH_TIMES_OFFSET, MAX_FUNCTION_BLOCKS);

/** The most that a record says of one block; what is more is counted. */
const MOST = 0xffff_ffff;

/** A block of function `id` runs, in the call with this token. */
export function blockRuns(f: number, id: number, block: number): void {
  if (f === 0) return runsUnrecorded(id, block);
  if (f !== stretch[STRETCH_TOKEN]) return takeTurn(f, id, block);
  const before = times[block] as number;
  times[block] = before + 1;
  if (before === 0) touch(block);
}

function touch(block: number): void {
  const length = stretch[STRETCH_LENGTH] as number;
  stretch[STRETCH_TOUCHED + length] = block;
  stretch[STRETCH_LENGTH] = length + 1;
  if (length + 1 === MAX_TOLD_BLOCKS) tell();
}

/** The same in a call that is not recorded. */
function runsUnrecorded(id: number, block: number): void {
  if (modes[id] !== MODE_OFF) countBlock(id, block, 1);
}

/** Another call runs than the one in the stretch. */
function takeTurn(f: number, id: number, block: number): void {
  if ((f & TOKEN_LINES) === 0) return runsUnrecorded(id, block);
  tell();
  stretch[STRETCH_TOKEN] = f;
  stretch[STRETCH_FUNCTION] = id;
  times[block] = 1;
  touch(block);
}

/** A call with TOKEN_LINES ends: what ran of it goes into the ring before. */
export function endLines(f: number): void {
  if (f !== stretch[STRETCH_TOKEN]) return;
  tell();
  stretch[STRETCH_TOKEN] = 0;
}

/** Writes what is in the stretch, and empties it. */
function tell(): void {
  const length = stretch[STRETCH_LENGTH] as number;
  if (length === 0) return;
  const f = stretch[STRETCH_TOKEN] as number;
  const id = stretch[STRETCH_FUNCTION] as number;
  stretch[STRETCH_LENGTH] = 0;
  if (due() && !refresh()) {
    loseRecord();
    for (let i = 0; i < length; i++) {
      const block = stretch[STRETCH_TOUCHED + i] as number;
      countBlock(id, block, times[block] as number);
      times[block] = 0;
    }
    return;
  }
  const p = state[POS] as number;
  i32[2 * p + 2] = id;
  i32[2 * p + 3] = 0;
  let q = p + 2;
  for (let i = 0; i < length; i++) {
    const block = stretch[STRETCH_TOUCHED + i] as number;
    const ran = times[block] as number;
    times[block] = 0;
    if (ran > MOST) countBlock(id, block, ran - MOST);
    i32[2 * q] = block;
    i32[2 * q + 1] = ran < MOST ? ran : MOST;
    q += 1;
  }
  i32[2 * p + 1] = f & TOKEN_MASK;
  i32[2 * p] = LINES | ((q - p) << WORDS_SHIFT);
  state[POS] = q;
}

function countBlock(id: number, block: number, ran: number): void {
  if (!canCount()) return;
  const at = (firstBlocks[id] as number) + block;
  counted[at] = (counted[at] as number) + ran;
}
