/**
 * Starts Node's thread for hooks so that the program does not notice.
 *
 *     register(url) → new Worker → nextTick(emit "worker") → the end of the main script runs ticks
 *
 * A tick that waits would give what runs right behind the main script a frame more
 * (`processTicksAndRejections`), and the program would be told of a worker that is not its own. So the
 * ticks that are asked for here run here, and `worker` is said once the program registers a loader
 * itself: that is when its thread starts without us. Until then what the thread prints takes a way of its
 * own to `process.stdout` and `process.stderr`: the pipes that Node lays make them, and are listeners.
 * Limits: where the command line names a loader, the thread is the program's, and the pipes are Node's.
 */
import { type Readable, Writable } from "node:stream";

const LOADER = /(?:^|\s)--(?:experimental-)?loader\b/;

type Output = "stdout" | "stderr";

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
  const isAskedFor = LOADER.test(
    `${process.env["NODE_OPTIONS"] ?? ""} ${process.execArgv.join(" ")}`,
  );
  const outputs = isAskedFor ? [] : (["stdout", "stderr"] as const).map((name) => detour(name));
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
    for (const { restore } of outputs) restore();
    if (ownEmit === undefined) Reflect.deleteProperty(process, "emit");
    else Object.defineProperty(process, "emit", ownEmit);
    // What an error has left.
    for (const tick of waiting) process.nextTick(...tick);
  }
  return () => {
    for (const { lay } of outputs.splice(0)) lay();
    for (const tick of sayers.splice(0)) process.nextTick(...tick);
  };
}

/** Puts a stream that passes on what it gets in the place of an output of this process. */
function detour(name: Output): { restore: () => void; lay: () => void } {
  const descriptor = Object.getOwnPropertyDescriptor(process, name) as PropertyDescriptor;
  const sources = new Set<Readable>();
  const stream = new Writable({
    decodeStrings: false,
    // Nothing waits in it: the process may be about to end.
    write: (chunk: string, encoding, done) => {
      process[name].write(chunk, encoding);
      done();
    },
  });
  stream.on("pipe", (source: Readable) => sources.add(source));
  Object.defineProperty(process, name, { configurable: true, value: stream });
  return {
    restore: () => void Object.defineProperty(process, name, descriptor),
    lay() {
      for (const source of sources) {
        source.unpipe(stream);
        pipeSilently(source, process[name]);
      }
    },
  };
}

/** As Node does it: no warning of many listeners. */
function pipeSilently(source: Readable, output: NodeJS.WriteStream): void {
  const limits = [source, output].map((stream) => [stream, stream.getMaxListeners()] as const);
  for (const [stream] of limits) stream.setMaxListeners(Infinity);
  source.pipe(output);
  for (const [stream, limit] of limits) stream.setMaxListeners(limit);
}
