/**
 * The differential fuzzer: generated programs and mutated fixtures, each plain and traced, and the
 * first difference between the two, shrunk.
 *
 * `fuzz({ node, seed: 7, runs: 100 })` → `{ runs: 100, found: undefined }`.
 */
import fc from "fast-check";
import { areAlike } from "./known-gaps.ts";
import { mutations } from "./mutations.ts";
import { type Outcome, Pair, type Recorded } from "./pair.ts";
import { comesNearStackEnd } from "./stack-end.ts";
import { type GeneratedProgram, programs } from "./statements.ts";

/** What to fuzz. */
export interface FuzzOptions {
  readonly node: string;
  /** Major version of that Node. */
  readonly major: number;
  readonly seed: number;
  readonly runs: number;
  /** Called after each run. */
  readonly onRun?: (count: number) => void;
}

/** What was found. */
export interface FuzzReport {
  readonly runs: number;
  /** Runs of programs that do not parse. */
  readonly refused: number;
  /** Runs that cannot be compared: the program comes near the end of the stack. */
  readonly setAside: number;
  readonly logged: number;
  readonly recorded: Readonly<Recorded>;
  readonly found: FoundDifference | undefined;
}

/** A program that runs in another way when it is traced. */
export interface FoundDifference {
  readonly program: GeneratedProgram;
  readonly difference: string;
  readonly shrinks: number;
}

/** Major version of Node since which there is `using`. */
export const USING_SINCE = 24;

/** Runs programs until one differs. */
export async function fuzz(options: FuzzOptions): Promise<FuzzReport> {
  const pair = new Pair(options.node);
  const sum = { runs: 0, refused: 0, setAside: 0, logged: 0 };
  let last = "";
  const arbitrary = fc.oneof(
    { weight: 5, arbitrary: programs(options.major >= USING_SINCE) },
    { weight: 1, arbitrary: mutations() },
  );
  const property = fc.asyncProperty(arbitrary, async (program) => {
    const { plain, traced } = await pair.run(program.text, program.extension);
    sum.runs += 1;
    if ("lines" in plain) {
      sum.logged += plain.lines.length;
      if (plain.lines[0]?.startsWith("failed SyntaxError") === true) sum.refused += 1;
    }
    options.onRun?.(sum.runs);
    const differs = difference(plain, traced);
    if (differs === undefined) return true;
    if (await isAtStackEnd(program, options.node, [plain, traced])) {
      sum.setAside += 1;
      return true;
    }
    last = differs;
    return false;
  });
  const details = await fc.check(property, { seed: options.seed, numRuns: options.runs });
  const program = details.counterexample?.[0];
  let found: FoundDifference | undefined;
  if (program !== undefined) {
    const { plain, traced } = await pair.run(program.text, program.extension);
    const text =
      difference(plain, traced) ?? `not again: it depends on time or on what ran before\n${last}`;
    found = { program, difference: text, shrinks: details.numShrinks };
  }
  await pair.close();
  return { ...sum, recorded: pair.recorded, found };
}

const OVERFLOW = /Maximum call stack size exceeded/;

/** Whether two runs part because one, or each, came to the end of the stack. */
async function isAtStackEnd(
  program: GeneratedProgram,
  node: string,
  outcomes: readonly Outcome[],
): Promise<boolean> {
  const says = (one: Outcome): boolean =>
    "lines" in one && one.lines.some((line) => OVERFLOW.test(line));
  return outcomes.every(says) || comesNearStackEnd(program, node);
}

/** The first line in which two runs part. */
export function difference(plain: Outcome, traced: Outcome): string | undefined {
  if ("ended" in plain || "ended" in traced) {
    const [a, b] = [plain, traced].map((one) => ("ended" in one ? one.ended : "went on"));
    return a === b ? undefined : `plain: ${a}\ntraced: ${b}`;
  }
  const length = Math.max(plain.lines.length, traced.lines.length);
  for (let i = 0; i < length; i++) {
    if (areAlike(plain.lines[i], traced.lines[i])) continue;
    return `line ${i}\nplain:  ${plain.lines[i]}\ntraced: ${traced.lines[i]}`;
  }
  return undefined;
}
