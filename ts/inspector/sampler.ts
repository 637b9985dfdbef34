/**
 * V8's sampling profilers, for a recording that asks for samples.
 *
 *     const sampler = new Sampler({ cpu: true, heap: false, intervalUs: 1000 }, ownFolder);
 *     … sampler.end()
 *
 * What they found goes to the store in parts, a row a stack. Beginning a part takes V8 0.05 to 0.3 s, in which the
 * program is held up: so parts are long.
 * Limits: this thread alone; a process that is killed loses its last part.
 */
import { clearInterval, setInterval as again } from "node:timers";
import { fileURLToPath } from "node:url";
import type { Sampling } from "../options/samples";
import { pushSamples } from "../runtime/writer";
import { DebugSession } from "./debug-session";

/** A function as V8's profiles have it; line and column from 0, below 0 where there are none. */
interface CallFrame {
  readonly functionName: string;
  readonly url: string;
  readonly lineNumber: number;
  readonly columnNumber: number;
}

interface CpuProfile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: CallFrame;
    readonly children?: readonly number[];
  }[];
  /** Microseconds. */
  readonly endTime: number;
  readonly startTime: number;
  readonly samples: readonly number[];
  /** Of each sample, since the one before. */
  readonly timeDeltas: readonly number[];
}

interface HeapNode {
  readonly callFrame: CallFrame;
  readonly id: number;
  readonly children: readonly HeapNode[];
}

interface HeapProfile {
  readonly head: HeapNode;
  readonly samples: readonly { readonly size: number; readonly nodeId: number }[];
}

/** What the addon takes. */
export interface ProfilePart {
  readonly kind: "cpu" | "heap";
  /** ns since 1970. */
  readonly fromNs: string;
  readonly toNs: string;
  /** Distinct functions: V8's name, the file, line and column from 1. */
  readonly frames: (readonly [name: string, file: string | null, line: number, column: number])[];
  /** Places in `frames`, the innermost first; how often the stack was found, and what that weighs. */
  readonly stacks: [places: readonly number[], samples: number, weight: number][];
}

/** Beginning one takes 0.3 s at most: 1 % of this. */
const PART_MS = 30_000;
/** Nothing runs. */
const IDLE = "(idle)";
const ROOT = "(root)";
/** What stands for frames of ours. */
const OURS = "(breadcrumb)";
/** Node's own option for the same. */
const HEAP_PROF = /--heap[-_]prof(?:\s|=|$)/u;
/** Bytes between samples of the heap: V8's own. */
const HEAP_INTERVAL = 32_768;

/** See the module. */
export class Sampler {
  readonly #session = new DebugSession();
  readonly #sampling: Sampling;
  readonly #own: string;
  readonly #parts: NodeJS.Timeout;
  readonly #atExit = (): void => this.end();
  #began = Date.now();
  #isOver = false;

  /** Throws where the inspector, or the profiler, is not to be had. `ownFolder`: of this package's code. */
  constructor(sampling: Sampling, ownFolder: string) {
    this.#sampling = sampling;
    this.#own = ownFolder;
    // V8 would end the other one's sampling with ours, and say nothing.
    if (sampling.heap && HEAP_PROF.test(toldNode())) {
      this.#session.end();
      throw new Error("--heap-prof samples the heap, and V8 has one profiler for it");
    }
    try {
      if (sampling.cpu) {
        this.#session.post("Profiler.enable");
        this.#session.post("Profiler.setSamplingInterval", { interval: sampling.intervalUs });
      }
      this.#begin();
    } catch (error) {
      this.#session.end();
      throw error;
    }
    this.#parts = again(() => {
      this.#finish();
      this.#begin();
    }, PART_MS).unref();
    process.once("exit", this.#atExit);
  }

  /** What was found is the recorder's. */
  end(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    clearInterval(this.#parts);
    process.off("exit", this.#atExit);
    this.#finish();
    this.#session.end();
  }

  #begin(): void {
    this.#began = Date.now();
    if (this.#sampling.cpu) this.#session.post("Profiler.start");
    if (this.#sampling.heap) {
      this.#session.post("HeapProfiler.startSampling", { samplingInterval: HEAP_INTERVAL });
    }
  }

  #finish(): void {
    if (this.#sampling.cpu) {
      const { profile } = this.#session.post<{ profile: CpuProfile }>("Profiler.stop");
      this.#push("cpu", (part) => addCpu(part, profile));
    }
    if (this.#sampling.heap) {
      const { profile } = this.#session.post<{ profile: HeapProfile }>("HeapProfiler.stopSampling");
      this.#push("heap", (part) => addHeap(part, profile));
    }
  }

  #push(kind: ProfilePart["kind"], add: (part: Part) => void): void {
    const part = new Part(kind, this.#began, this.#own);
    add(part);
    if (part.told.stacks.length > 0) pushSamples(JSON.stringify(part.told));
  }
}

/** Stacks of a part; alike ones are one. */
class Part {
  readonly told: ProfilePart;
  readonly #own: string;
  readonly #frames = new Map<string, number>();
  readonly #stacks = new Map<string, ProfilePart["stacks"][number]>();

  constructor(kind: ProfilePart["kind"], began: number, own: string) {
    const [fromNs, toNs] = [`${began}000000`, `${Date.now()}000000`];
    this.told = { kind, fromNs, toNs, frames: [], stacks: [] };
    this.#own = own;
  }

  /** The number of a function. */
  frame(frame: CallFrame): number {
    const file = fileOf(frame.url);
    const isOurs = file !== null && file.startsWith(this.#own);
    const name = isOurs ? OURS : frame.functionName || "(anonymous)";
    const place = [frame.lineNumber + 1, frame.columnNumber + 1] as const;
    const told =
      isOurs || file === null ? ([name, null, 0, 0] as const) : ([name, file, ...place] as const);
    const key = told.join("\n");
    const known = this.#frames.get(key);
    if (known !== undefined) return known;
    const number = this.told.frames.push(told) - 1;
    this.#frames.set(key, number);
    return number;
  }

  /** `stack`: numbers of its functions, the innermost first. */
  add(stack: readonly number[], samples: number, weight: number): void {
    const key = stack.join();
    const known = this.#stacks.get(key);
    if (known !== undefined) {
      known[1] += samples;
      known[2] += weight;
      return;
    }
    const row: ProfilePart["stacks"][number] = [stack, samples, weight];
    this.#stacks.set(key, row);
    this.told.stacks.push(row);
  }
}

function addCpu(part: Part, { nodes, samples, timeDeltas, startTime, endTime }: CpuProfile): void {
  const stacks = new Map<number, readonly number[]>();
  const idle = new Set<number>();
  const below = new Map<number, readonly number[]>();
  // A node comes before its children.
  for (const { id, callFrame, children = [] } of nodes) {
    const { functionName, url } = callFrame;
    const outer = below.get(id) ?? [];
    const isRoot = url === "" && functionName === ROOT;
    if (url === "" && functionName === IDLE) idle.add(id);
    const own = isRoot ? outer : withFrame(part, callFrame, outer);
    stacks.set(id, own);
    for (const child of children) below.set(child, own);
  }
  let at = startTime;
  for (let i = 0; i < samples.length; i++) {
    const id = samples[i] as number;
    at += timeDeltas[i] as number;
    const next = i + 1 < samples.length ? (timeDeltas[i + 1] as number) : endTime - at;
    const stack = stacks.get(id) ?? [];
    if (idle.has(id) || stack.length === 0) continue;
    part.add(stack, 1, Math.max(0, next) * 1000);
  }
}

function addHeap(part: Part, { head, samples }: HeapProfile): void {
  const stacks = new Map<number, readonly number[]>();
  const visit = (node: HeapNode, outer: readonly number[]): void => {
    const isRoot = node === head;
    const own = isRoot ? outer : withFrame(part, node.callFrame, outer);
    stacks.set(node.id, own);
    for (const child of node.children) visit(child, own);
  };
  visit(head, []);
  for (const { nodeId, size } of samples) {
    const stack = stacks.get(nodeId) ?? [];
    if (stack.length > 0) part.add(stack, 1, size);
  }
}

/** A stack with one more function on it; several of ours are one. */
function withFrame(part: Part, frame: CallFrame, outer: readonly number[]): readonly number[] {
  const number = part.frame(frame);
  const isOurs = part.told.frames[number]?.[0] === OURS;
  return isOurs && outer[0] === number ? outer : [number, ...outer];
}

/** The options that Node was started with. */
function toldNode(): string {
  return [...process.execArgv, process.env["NODE_OPTIONS"] ?? ""].join(" ");
}

function fileOf(url: string): string | null {
  if (url.startsWith("file:")) return fileURLToPath(url);
  return url === "" ? null : url;
}
