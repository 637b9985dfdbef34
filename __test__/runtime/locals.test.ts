import { beforeEach, describe, expect, it, vi } from "vitest";
import { fake, startFake } from "./support/fake-native";
import { readRing, type ReadRecord } from "./support/read-ring";

vi.mock("../../ts/native/load", async () => import("./support/fake-native"));
const { probes } = await import("../../ts/runtime/probes");
const { modes } = await import("../../ts/runtime/writer");
const layout = await import("../../ts/native/layout");

function locals(): ReadRecord[] {
  return readRing(fake.memory).filter(({ kind }) => kind === "LOCALS");
}

function unreadable(): never {
  throw new ReferenceError("Cannot access 'a' before initialization");
}

beforeEach(() => {
  startFake();
  modes.fill(layout.MODE_VALUES, 0, 100);
});

describe("putLocals", () => {
  it("writes the variables of a scope, and those that have no value yet as nothing", () => {
    const f = probes.e0(7);
    probes.y(f, 0, undefined, () => {
      probes.l(7, 2, undefined);
      probes.v("a");
      probes.w(unreadable);
      probes.w(() => 5);
    });
    const hole = { tag: layout.TAG_HOLE, payload: 0 };
    expect(locals()).toMatchObject([{ hi: f, flags: 0, values: [7, 2, "a", hole, 5] }]);
  });

  it("stays within its record where large variables are followed by many without a value", () => {
    const f = probes.e0(7);
    probes.y(f, 0, undefined, () => {
      probes.l(7, 0, undefined);
      for (let i = 0; i < 40; i++) probes.v(`${i} ${"x".repeat(197)}`);
      for (let i = 0; i < 60; i++) probes.w(unreadable);
    });
    const [record] = locals();
    expect(record?.words).toBeLessThanOrEqual(layout.MAX_RECORD_WORDS);
    expect(record?.flags).toBe(layout.FLAG_LOCALS_CUT);
  });
});
