/**
 * Stands in for the addon under tests of `ts/runtime`: a ring in plain memory that is never full,
 * unless a test says so.
 */
import {
  CHUNK_FREE,
  CONTROL_BYTES,
  EPOCH_OFFSET,
  LIMITS,
  LIMITS_OFFSET,
  MAX_CHUNKS,
  PROMISE_UNKNOWN,
  RING_BYTES,
  STATES_OFFSET,
  TICK_OFFSET,
} from "../../../ts/native/layout";

const memory = new ArrayBuffer(RING_BYTES);
const control = new ArrayBuffer(CONTROL_BYTES);
const states = new Int32Array(memory, STATES_OFFSET, MAX_CHUNKS);
const tick = new Int32Array(control, TICK_OFFSET, 1);
const limits = new Int32Array(control, LIMITS_OFFSET, LIMITS);
const epoch = new Int32Array(control, EPOCH_OFFSET, 1);

/** What tests look at and set. */
export const fake = {
  memory,
  control,
  states,
  tick,
  epoch,
  woken: 0,
  full: false,
  spans: [] as string[],
};

/** What holds where nobody says: LIMIT_DEPTH and so on. */
const STANDARD_LIMITS = [3, 12, 10, 200, 1024, 50, 0, 1];

/** Begins a session with `chunks` free chunks. `special`: limits by LIMIT_*. */
export function startFake(chunks = 4, special: Readonly<Record<number, number>> = {}): void {
  new Uint8Array(memory).fill(0);
  states.fill(CHUNK_FREE, 0, chunks);
  tick[0] = (tick[0] as number) + 1;
  epoch[0] = (epoch[0] as number) + 1;
  limits.set(STANDARD_LIMITS);
  for (const [which, limit] of Object.entries(special)) limits[Number(which)] = limit;
  fake.full = false;
}

/** The stand-in. */
export const native = {
  threadMemory: () => memory,
  control: () => control,
  attach: (_isMain: boolean) => true,
  acquire: () => false,
  defineSpan: (span: string) => {
    fake.spans.push(span);
    return fake.spans.length + 199;
  },
  privateSymbols: () => null,
  randomWords: () => [1, 2, 3, 4, 5, 6],
  wake: () => {
    fake.woken += 1;
  },
  promiseState: () => PROMISE_UNKNOWN,
  promiseResult: () => undefined,
  originalColumn: (_path: string, _line: number, column: number) => column,
  originalPlace: (_path: string, line: number, column: number) => [line, column],
};
