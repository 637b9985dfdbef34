/**
 * What the addon offers, as the facade uses it. `crates/binding` implements it; a test holds the
 * two against each other. Larger answers cross as JSON text, whose types stand where they are used.
 */

/** What became of a file's text. */
export interface BindingInstrumented {
  /** The text with probes; absent where the file was left alone. */
  readonly code?: string;
  /** Why the file was left alone. */
  readonly reason?: string;
}

/** What names a span. Two with the same of all this are one. */
export interface SpanName {
  readonly name: string;
  /** What it is of: `node:http`, `npm:pg`, or the path of a file. */
  readonly file: string;
  /** From 1; 0 where it stands in no file. */
  readonly line: number;
  /** Likewise. */
  readonly column: number;
  /** Names of what its calls have as arguments. */
  readonly parameters: readonly string[];
}

/** The addon's functions. */
export interface Native {
  /** Memory that all threads share: tick, epoch, mode bytes. */
  control(): ArrayBuffer;
  /** Address space of this thread's ring; one for the life of the thread. */
  threadMemory(): ArrayBuffer;
  /** Maps a ring of the running session into it. `isMain`: of the process's threads this is the one it began with. False: nothing records. */
  attach(isMain: boolean): boolean;
  /** Asks for a free chunk: reserves more, or waits. False: the ring is full. */
  acquire(): boolean;
  /** Six random words of 4 bytes, to make ids of. */
  randomWords(): number[];
  /** Wakes the recorder. */
  wake(): void;
  /** Whether secrets can be taken out so. `rules`: JSON of `RedactRules`. */
  checkRedaction(rules: string): void;
  /** Whether traces can be chosen so. `rules`: JSON of `KeepRules`. */
  checkKeep(rules: string): void;
  /** Chooses files, the mode of functions to come, and the recording that the first file begins. `options`: JSON of `SessionOptions`. Returns JSON of `{ runId }`. */
  configure(options: string): string;
  /** Begins to record, if nothing does yet. */
  start(): void;
  /** Watches how late the main thread's event loop is: call it there. */
  watchLoop(): void;
  /** Ends it: everything written so far is in the store. Returns JSON of `SessionCounters`. */
  stop(): string;
  /** Everything this thread has written is in the store when it returns. */
  flush(): void;
  /** This process is about to be another program: everything written so far is in the store, and its run ended, unless more comes. */
  leave(): void;
  /** This thread will write no more. */
  detach(): void;
  /** JSON of `SessionCounters`. */
  counters(): string;
  /** What breakpoints did, as JSON, for the run's record. */
  noteInspector(counters: string): void;
  /** Functions ran on this thread, and nobody knows how often. */
  ran(functions: readonly number[]): void;
  /** Stacks of this thread's profile, for the store. `part`: JSON of `ProfilePart`. */
  samples(part: string): void;
  /** JSON of `Coverage`. */
  coverage(): string;
  /** Answers of a memory store. `question`: `calls`, `traces` or `stats`. JSON. */
  ask(question: string, options: string): string;
  /** Whether a file is to be instrumented. `path`: absolute. */
  selects(path: string): boolean;
  /** Makes the functions of a loaded file known. `kind`: as of `instrument`. JSON of `Reading`. */
  readLoaded(source: string, path: string, kind: string): string;
  /** Frames of the stack, 0 where that cannot be known or is 1,000 and more; `place` becomes script, line, column of the one with `below` others below it. */
  stackFrame(below: number, place: Int32Array): number;
  /** Where the stack of the machine ends: the same in two calls from one frame, if what lies between is the same. */
  stackAddress(): number;
  /** Whether a file that is not chosen by its path is by the sources of its map. */
  selectsByMap(source: string, path: string): boolean;
  /** Instruments a file's text. `kind`: `commonjs`, `module`, and both with `-typescript`. `head`: what the host puts before the text. */
  instrument(source: string, path: string, kind: string, head: string): BindingInstrumented;
  /** Whether a file has probes, from this session or one before. */
  hasProbes(path: string): boolean;
  /** Lists a file that was loaded too early, and why its calls are not recorded in another way. */
  tooEarly(path: string, reason?: string): void;
  /** Lists a file that gets no probes, and why. */
  leaveAlone(path: string, reason: string): void;
  /** Lists a file as left alone for that reason, until its text comes. */
  awaitText(path: string, reason: string): void;
  /** The text of a file has come. */
  sawText(path: string): void;
  /** EDGE_* of the recording that was configured last: which edges of the program it has. */
  edges(): number;
  /** Id of a span, the same whenever it is named. `span`: JSON of `SpanName`. Throws where there are too many functions. */
  defineSpan(span: string): number;
  /** Column of the original for a place in an instrumented file; 0 where that is on another line. */
  originalColumn(path: string, line: number, column: number): number;
  /** Line and column of the original for a place in an instrumented file. */
  originalPlace(path: string, line: number, column: number): [line: number, column: number];
  /** What V8 of the major version `engine` would call the function at this place of an instrumented file in a stack, where it calls it `name` (empty: nothing) with probes; null where that is the same. */
  originalFunctionName(
    path: string,
    line: number,
    column: number,
    name: string,
    engine: number,
  ): string | null;
  /** Offset in the original of an offset in an instrumented file's text. */
  originalOffset(path: string, offset: number): number;
  /** Id of the innermost function around an offset in an instrumented file's text; null for none. */
  functionAt(path: string, offset: number): number | null;
  /** Where an error came from, as V8 has it, the column in the text with probes; its stack stays as it is. Null: it has no place, or this host offers no way. */
  errorPlace(error: object): { file: string; line: number; column: number } | null;
  /** Lets `mapper` change the array of call sites of each stack of this thread, and see whose it is, before anyone formats it. False: this host offers no way. */
  mapCallSites(mapper: (sites: NodeJS.CallSite[], error: object) => void): boolean;
  /** Lets V8 use so much more of the main thread's stack that the same calls with probes fit. `kib`: what it uses now. False: the system gives no more, or this host offers no way. */
  raiseStackLimit(kib: number): boolean;
  /** Symbols by which Node keeps things on the program's objects that no program can see, by name. Null: this host offers no way. */
  privateSymbols(): Readonly<Record<string, symbol | undefined>> | null;
  /** PROMISE_* of a promise; its reactions are let alone. */
  promiseState(promise: Promise<unknown>): number;
  /** What a promise was settled with. */
  promiseResult(promise: Promise<unknown>): unknown;
  /** The excerpt above an error's stack, as it would be without us. `frame`: the first one of the stack, to be given where the excerpt is of this package's code. */
  mendExcerpt(excerpt: string, frame?: string): string;
  /** Whether V8 keeps a value with each reaction of a promise that nobody else uses (before Node 24). */
  hasContinuation(): boolean;
  /** That value: the one set, or the one that was when the running reaction was registered. */
  continuation(): unknown;
  /** Sets it for what is registered from now on. */
  setContinuation(value: unknown): void;
  /** Original text of a function whose instrumented text this is. */
  unsplice(text: string): string | null;
  /** Holds back standard error until the process ends, and mends the excerpt in it then. */
  holdStderr(): void;
  /** Changes what is captured. `request`: JSON of `{ mode, include, forMs }`. Returns JSON of `CaptureReport`. */
  capture(request: string): string;
  /** Stores what is held of traces that are not stored. `request`: JSON of `{ lastMs }`. Returns JSON of `DumpReport`. */
  dump(request: string): string;
  /** Stores what dead processes left in memory. Returns JSON of the runs' ids. `exit`: JSON of how a child ended. */
  recover(exit: string): string;
  /** Merges the small segments of a store. `store`: its folder. Returns JSON of `CompactReport`. */
  compact(store: string): string;
  /** Removes runs from a store. `request`: JSON of `{ store, limits, runs, dryRun }`. Returns JSON of `PruneReport`. */
  prune(request: string): string;
  /** Pins a run of a store, or takes the pin away. Whether that changed anything. */
  pinRun(store: string, run: string, pinned: boolean): boolean;
  /** Looks over every file of a store; moves what is damaged to its `quarantine/` if it is to. `progress` is told of bytes read, and of how many. Returns JSON of `CheckReport`. */
  checkStore(
    store: string,
    quarantine: boolean,
    progress: (done: number, all: number) => void,
  ): string;
  /** Makes everything in a store of the newest version. `backup`: a folder for what is replaced. Returns JSON of `MigrateReport`. */
  migrateStore(store: string, backup: string | null, dryRun: boolean): string;
}
