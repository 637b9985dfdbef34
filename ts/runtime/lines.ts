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
import { attached, canCount, control, due, i32, loseRecord, modes, refresh } from "./writer";

const memory = native.threadMemory();
/** By function: the number of its first block among all. */
const firstBlocks = new Uint32Array(control, FIRST_BLOCKS_OFFSET, MAX_FUNCTIONS);
/** How often blocks ran in calls that are not recorded. */
const counted = new Uint32Array(memory, BLOCKS_OFFSET, MAX_BLOCKS);

/** What is in no record yet, where a recovery finds it, too: token, function and length, then numbers of blocks. */
const stretch = new Int32Array(memory, STRETCH_OFFSET, STRETCH_TOUCHED + MAX_TOLD_BLOCKS);
/** How often each block of the function ran. */
const times = new Float64Array(memory, STRETCH_OFFSET + STRETCH_TIMES_OFFSET, MAX_FUNCTION_BLOCKS);

/** No token. */
const NOBODY = -1;
/** The most that a record says of one block; what is more is counted. */
const MOST = 0xffff_ffff;

/** The call whose blocks stand in the stretch, its token with all bits. */
let runs = NOBODY;
let runsIn = 0;
/** Blocks of it that ran. */
let length = 0;
/** The session that it is of. */
let session = 0;

/** A block of function `id` runs, in the call with this token. */
export function blockRuns(f: number, id: number, block: number): void {
  if (f !== runs) return f === 0 ? runsUnrecorded(id, block) : takeTurn(f, id, block);
  const before = times[block] as number;
  times[block] = before + 1;
  if (before === 0) touch(block);
}

function touch(block: number): void {
  stretch[STRETCH_TOUCHED + length] = block;
  length += 1;
  stretch[STRETCH_LENGTH] = length;
  if (length === MAX_TOLD_BLOCKS) tell();
}

/** The same in a call that is not recorded. */
function runsUnrecorded(id: number, block: number): void {
  if (modes[id] !== MODE_OFF) countBlock(id, block, 1);
}

/** Another call runs than the one in the stretch. */
function takeTurn(f: number, id: number, block: number): void {
  if ((f & TOKEN_LINES) === 0) return runsUnrecorded(id, block);
  // The memory of another session: there is nothing in it.
  if (session !== attached) length = 0;
  session = attached;
  tell();
  runs = f;
  runsIn = id;
  stretch[STRETCH_TOKEN] = f & TOKEN_MASK;
  stretch[STRETCH_FUNCTION] = id;
  times[block] = 1;
  touch(block);
}

/** A call with TOKEN_LINES ends: what ran of it goes into the ring before. */
export function endLines(f: number): void {
  if (f !== runs) return;
  tell();
  runs = NOBODY;
}

/** Writes what is in the table, and empties it. */
function tell(): void {
  const blocks = length;
  if (blocks === 0) return;
  length = 0;
  stretch[STRETCH_LENGTH] = 0;
  if (due() && !refresh()) {
    loseRecord();
    for (let i = 0; i < blocks; i++) {
      const block = stretch[STRETCH_TOUCHED + i] as number;
      countBlock(runsIn, block, times[block] as number);
      times[block] = 0;
    }
    return;
  }
  const p = state[POS] as number;
  let q = p + 1;
  i32[2 * q] = runsIn;
  i32[2 * q + 1] = 0;
  q += 1;
  for (let i = 0; i < blocks; i++) {
    const block = stretch[STRETCH_TOUCHED + i] as number;
    const ran = times[block] as number;
    times[block] = 0;
    const told = ran < MOST ? ran : MOST;
    if (ran > MOST) countBlock(runsIn, block, ran - MOST);
    i32[2 * q] = block;
    i32[2 * q + 1] = told;
    q += 1;
  }
  i32[2 * p + 1] = runs & TOKEN_MASK;
  i32[2 * p] = LINES | ((q - p) << WORDS_SHIFT);
  state[POS] = q;
}

function countBlock(id: number, block: number, ran: number): void {
  if (!canCount()) return;
  const at = (firstBlocks[id] as number) + block;
  counted[at] = (counted[at] as number) + ran;
}
