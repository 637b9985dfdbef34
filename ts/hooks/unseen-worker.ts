/**
 * Starts Node's thread for hooks so that the program does not notice.
 *
 *     register(url) → new Worker → nextTick(emit "worker") → the end of the main script runs ticks
 *
 * A tick that waits would give what runs right behind the main script a frame more
 * (`processTicksAndRejections`), and the program would be told of a worker that is not its own. So the
 * ticks that are asked for here run here, and `worker` is said once the program registers a loader
 * itself: that is when its thread starts without us.
 */

/** The parts of `process` that are replaced for a moment. */
interface Ticks {
  nextTick: (...tick: Tick) => void;
  emit: (event: string, ...args: unknown[]) => boolean;
}

type Tick = [callback: (...args: unknown[]) => void, ...args: unknown[]];

/** Runs `start`. Gives how to say what it started, which does so once. */
export function startUnseen(start: () => void): () => void {
  const ticks = process as unknown as Ticks;
  const { nextTick, emit } = ticks;
  const ownEmit = Object.getOwnPropertyDescriptor(process, "emit");
  const waiting: Tick[] = [];
  /** Those that say `worker`: Node's own, so that their frames are as without us. */
  const sayers: Tick[] = [];
  let says = false;
  ticks.nextTick = (...tick) => void waiting.push(tick);
  ticks.emit = (event, ...args) => {
    says ||= event === "worker";
    return event === "worker" || Reflect.apply(emit, process, [event, ...args]);
  };
  try {
    start();
    for (let tick = waiting.shift(); tick !== undefined; tick = waiting.shift()) {
      const [callback, ...args] = tick;
      says = false;
      callback(...args);
      if (says) sayers.push(tick);
    }
  } finally {
    ticks.nextTick = nextTick;
    if (ownEmit === undefined) Reflect.deleteProperty(process, "emit");
    else Object.defineProperty(process, "emit", ownEmit);
    // What an error has left.
    for (const tick of waiting) process.nextTick(...tick);
  }
  return () => {
    for (const tick of sayers.splice(0)) process.nextTick(...tick);
  };
}
