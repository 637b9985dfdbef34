import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { fake, native } from "./support/fake-native";
import { preview } from "./support/preview";
import { readRing } from "./support/read-ring";

vi.mock("../../ts/native/load", async () => import("./support/fake-native"));
const { modes } = await import("../../ts/runtime/writer");
const layout = await import("../../ts/native/layout");

beforeEach(() => {
  modes.fill(layout.MODE_VALUES, 0, 100);
});
afterEach(() => {
  vi.restoreAllMocks();
});

describe("putNested", () => {
  it("stays within a record that promises in promises fill", () => {
    class Job extends Promise<unknown> {}
    const reasons = new WeakMap<object, unknown>();
    vi.spyOn(native, "promiseState").mockReturnValue(layout.PROMISE_REJECTED);
    vi.spyOn(native, "promiseResult").mockImplementation(((job: object) =>
      reasons.get(job)) as () => undefined);
    let chain: unknown = "x".repeat(200);
    for (let i = 0; i < 16; i++) {
      const job = new Job(() => {});
      reasons.set(job, chain);
      chain = job;
    }
    const limits = {
      [layout.LIMIT_DEPTH]: 16,
      [layout.LIMIT_ITEMS]: 1000,
      [layout.LIMIT_IDENTITY]: 1,
    };
    for (let room = 0; room < 100; room++) {
      const value = preview([...Array.from({ length: 999 - room }, () => 0), chain], limits);
      expect(value).toMatchObject({ value: { length: 1000 - room } });
      expect(readRing(fake.memory).at(-1)?.words).toBeLessThanOrEqual(layout.MAX_RECORD_WORDS);
    }
  });

  it("shows an object that was met only in what was taken back", () => {
    const limits = {
      [layout.LIMIT_DEPTH]: 16,
      [layout.LIMIT_ITEMS]: 1000,
      [layout.LIMIT_STRING]: 4000,
    };
    const shared = { a: 1 };
    const map = new Map([[[shared, "語".repeat(4000)], 1]]);
    const value = [...Array.from({ length: 900 }, () => 0), map, shared];
    const { array } = preview(value, limits) as { array: unknown[] };
    expect(array.slice(-2)).toEqual([
      { map: [], length: 1 },
      { class: undefined, entries: ["a", 1], length: 1 },
    ]);
  });
});
