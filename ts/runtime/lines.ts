/**
 * Which blocks of a call run: what `$bc.n(f, id, k)` says goes into this thread's table of the call that runs, and
 * from there into the ring when another one's turn comes, or it ends.
 *
 *     f: n(5,12,0) n(5,12,1) n(5,12,1) → g: n(6,13,0)   // LINES of 5: block 0 once, 1 twice
 *
 * Blocks of calls that are not recorded are counted in the ring's memory. Limits: one instance a thread; what has not
 * gone into the ring is lost where the process is killed.
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
  TOKEN_LINES,
  TOKEN_MASK,
  WORDS_SHIFT,
} from "../native/layout";
import { native } from "../native/load";
import { POS, state } from "./state";
import { canCount, control, due, i32, loseRecord, modes, refresh } from "./writer";

/** By function: the number of its first block among all. */
const firstBlocks = new Uint32Array(control, FIRST_BLOCKS_OFFSET, MAX_FUNCTIONS);
/** How often blocks ran in calls that are not recorded. */
const counted = new Uint32Array(native.threadMemory(), BLOCKS_OFFSET, MAX_BLOCKS);

/** No token. */
const NOBODY = -1;
/** The most that a record says of one block; what is more is said in another. */
const MOST = 0xffff_ffff;

/** The call whose blocks stand in the table, its token with all bits. */
let runs = NOBODY;
let runsIn = 0;
/** How often each block of its function ran. Made when there is a first one. */
let times = new Float64Array(0);
/** Those that have, in the order in which they first did. */
const touched = new Int32Array(MAX_TOLD_BLOCKS);
let length = 0;

/** A block of function `id` runs, in the call with this token. */
export function blockRuns(f: number, id: number, block: number): void {
  if (f !== runs) return takeTurn(f, id, block);
  const before = times[block] as number;
  times[block] = before + 1;
  if (before === 0) touch(block);
}

function touch(block: number): void {
  touched[length++] = block;
  if (length === MAX_TOLD_BLOCKS) tell();
}

/** Another call runs than the one in the table. */
function takeTurn(f: number, id: number, block: number): void {
  if ((f & TOKEN_LINES) === 0) {
    if (modes[id] !== MODE_OFF) countBlock(id, block, 1);
    return;
  }
  if (times.length === 0) times = new Float64Array(MAX_FUNCTION_BLOCKS);
  if (runs !== NOBODY) tell();
  runs = f;
  runsIn = id;
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
  length = 0;
  if (blocks === 0) return;
  if (due() && !refresh()) {
    loseRecord();
    for (let i = 0; i < blocks; i++) {
      const block = touched[i] as number;
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
    const block = touched[i] as number;
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
