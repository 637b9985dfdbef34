import { expect, test } from "vitest";
import { foldedStacks, openStore, speedscopeProfile } from "../../ts/query/index";
import { sampleStore } from "./support/sample-store";

test("folded stacks have a line for what ran itself", async () => {
  await using store = await openStore((await sampleStore()).dir);
  expect(foldedStacks(await store.flame({ trace: "019a-1" }))).toEqual([
    "main (src/main.js:1) 1000000",
    "main (src/main.js:1);load (src/load.js:7) 400000",
    "main (src/main.js:1);load (src/load.js:7);parse (src/parse.js:10) 500000",
    "main (src/main.js:1);add (src/add.js:2) 300",
  ]);
});

test("a speedscope profile names frames once and adds up", async () => {
  await using store = await openStore((await sampleStore()).dir);
  const profile = speedscopeProfile(await store.flame(), "all runs");
  expect(profile.shared.frames.map(({ name }) => name)).toEqual([
    "main",
    "load",
    "parse",
    "add",
    "tick",
  ]);
  const [{ samples, weights, endValue, unit }] = profile.profiles as [(typeof profile.profiles)[0]];
  expect(samples).toEqual([[0], [0, 1], [0, 1, 2], [0, 3], [4]]);
  expect(weights).toEqual([2_000_000, 400_000, 500_000, 300, 2000]);
  expect([endValue, unit]).toEqual([2_902_300, "nanoseconds"]);
});
