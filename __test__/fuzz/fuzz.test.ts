/**
 * A small part of `npm run fuzz`, always the same programs; and that the fuzzer sees a difference.
 */
import { describe, expect, test } from "vitest";
import { nodeBinary, testedVersions } from "../../scripts/node-versions.mjs";
import { difference, fuzz } from "./fuzz.ts";
import { areAlike } from "./known-gaps.ts";
import { comesNearStackEnd } from "./stack-end.ts";

const SEED = 20_251;
const RUNS = 400;

describe.each(testedVersions())("on Node %i", (major: number) => {
  test("generated programs do the same plain and traced", async () => {
    const node = nodeBinary(major);
    const { found, recorded, runs } = await fuzz({ node, major, seed: SEED, runs: RUNS });
    const told = found && `${found.program.text}\n${found.difference}`;
    expect(told).toBeUndefined();
    expect(runs).toBe(RUNS);
    expect(recorded.dropped).toBe(0);
    expect(recorded.recorded).toBeGreaterThan(RUNS);
  });
});

test.each(testedVersions())("recursion without end is known on Node %i", async (major: number) => {
  const node = nodeBinary(major);
  const near = (text: string): Promise<boolean> =>
    comesNearStackEnd({ extension: "cjs", text }, node);
  expect(await near("const f = () => { try { f() } catch {} }; f();")).toBe(true);
  expect(await near("log('e', { get a() { return log('g', this) } });")).toBe(true);
  expect(await near("try { boom() } catch {} const f = () => f(); try { f() } catch {}")).toBe(
    true,
  );
  expect(await near("const f = (n) => n && f(n - 1); f(100); throw new RangeError('x')")).toBe(
    false,
  );
});

test("a line that differs, one too many and an early end are differences", () => {
  const run = (...lines: string[]): { lines: string[] } => ({ lines });
  expect(difference(run("a", "b"), run("a", "b"))).toBeUndefined();
  expect(difference(run("a", "b"), run("a", "c"))).toContain("plain:  b\ntraced: c");
  expect(difference(run("a"), run("a", "b"))).toContain("line 1");
  expect(difference(run("a"), { ended: "SIGSEGV" })).toContain("traced: SIGSEGV");
});

test("a place or a name that differs is no known gap, a value that cannot be called may be", () => {
  const told = (...frames: string[]): string => `threw Error: e | Error: e | ${frames.join(" < ")}`;
  const named = told("at list (/p.cjs:2:31)", "at f (/p.cjs:9:1)");
  expect(areAlike(named, told("at list (/p.cjs:2:31)", "at f (/p.cjs:9:1)"))).toBe(true);
  expect(areAlike(named, told("at /p.cjs:2:31", "at f (/p.cjs:9:1)"))).toBe(false);
  expect(areAlike(named, told("at list (/p.cjs:2:32)", "at f (/p.cjs:9:1)"))).toBe(false);
  expect(areAlike(named, told("at list (/p.cjs:2:31)"))).toBe(false);
  const failed = (message: string): string =>
    `f threw TypeError: ${message} | TypeError: ${message} |`;
  expect(areAlike(failed("not iterable"), failed("a is not a function"))).toBe(true);
  expect(areAlike(failed("not iterable"), failed("other"))).toBe(false);
});
