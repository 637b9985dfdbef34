import { beforeEach, describe, expect, it, vi } from "vitest";
import { fake, startFake } from "./support/fake-native";
import { readRing } from "./support/read-ring";

vi.mock("../../ts/native/load", async () => import("./support/fake-native"));
const { probes } = await import("../../ts/runtime/probes");
const { modes } = await import("../../ts/runtime/writer");
const layout = await import("../../ts/native/layout");

beforeEach(() => {
  modes.fill(layout.MODE_VALUES, 0, 100);
});

describe("the budget", () => {
  it("stops looking into objects when it is spent, and says so", () => {
    startFake(60);
    const object = { a: 1, b: 2, c: 3 };
    for (let i = 0; i < 20_000; i++) probes.e1(7, object);
    expect(readRing(fake.memory).at(-1)?.values[0]).toEqual({
      cut: layout.CUT_BUDGET,
      of: layout.TAG_OBJECT,
    });
  });

  it("looks into every object where the budget is without end", () => {
    startFake(60, { [layout.LIMIT_BUDGET]: 0 });
    for (let i = 0; i < 20_000; i++) probes.e1(7, { a: 1 });
    expect(readRing(fake.memory).at(-1)?.values[0]).toMatchObject({ entries: ["a", 1] });
  });

  it("looks into every object then, behind the first calls of a function too", () => {
    startFake(4, { [layout.LIMIT_BUDGET]: 0 });
    modes[8] = layout.MODE_VALUES | layout.MODE_FRESH;
    probes.x(probes.e1(8, { a: 1 }), 1, {});
    probes.e1(7, { a: 2 });
    expect(readRing(fake.memory).at(-1)?.values[0]).toMatchObject({ entries: ["a", 2] });
  });
});
