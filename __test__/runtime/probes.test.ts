import { beforeEach, describe, expect, it, vi } from "vitest";
import { fake, startFake } from "./support/fake-native";
import { readRing } from "./support/read-ring";

vi.mock("../../ts/native/load", async () => import("./support/fake-native"));
const { probes } = await import("../../ts/runtime/probes");
const { uncaught } = await import("../../ts/runtime/raise");
const { dropped, modes } = await import("../../ts/runtime/writer");
const layout = await import("../../ts/native/layout");

const counted = new Uint32Array(fake.memory, layout.COUNTED_OFFSET, 100);

/** Records as `KIND hi values`. */
function lines(): string[] {
  return readRing(fake.memory).map(
    ({ kind, hi, flags, values }) =>
      `${kind} ${hi}${flags === 0 ? "" : ` flags ${flags}`}${values.map((v) => ` ${JSON.stringify(v) ?? "undefined"}`).join("")}`,
  );
}

beforeEach(() => {
  startFake();
  modes.fill(layout.MODE_VALUES, 0, 100);
});

describe("probes", () => {
  it("records a call and its return with values", () => {
    const f = probes.e2(7, 1.5, "two");
    probes.x(f, 1, null);
    expect(lines()).toEqual(['ENTER 7 1.5 "two"', `RETURN ${f} null`]);
  });

  it("numbers calls in the order in which they begin", () => {
    const f = probes.e0(1);
    expect(probes.e0(2)).toBe(f + 1);
    expect(probes.e8(3, 1, 2, 3, 4, 5, 6, 7, 8)).toBe(f + 2);
  });

  it("says nothing for a function that is off, and counts one that is counted", () => {
    modes[7] = layout.MODE_OFF;
    modes[8] = layout.MODE_COUNT;
    const before = counted[8] as number;
    expect([probes.e1(7, 1), probes.e1(8, 1), probes.e5(8, 1, 2, 3, 4, 5)]).toEqual([0, 0, 0]);
    expect((counted[8] as number) - before).toBe(2);
    expect(lines()).toEqual([]);
  });

  it("records times without values in MODE_TIME, also when the mode changes in mid-call", () => {
    modes[7] = layout.MODE_TIME;
    const f = probes.e1(7, "secret");
    modes[7] = layout.MODE_VALUES;
    probes.x(f, 1, "secret");
    expect(lines()).toEqual(["ENTER 7", `RETURN ${f & layout.TOKEN_MASK}`]);
  });

  it("tells generators, suspensions and exceptions", () => {
    const f = probes.g1(7, 1);
    probes.r(f, undefined);
    expect(probes.s(f, 5)).toBe(5);
    const error = new TypeError("no");
    expect(probes.t(f, error)).toBe(error);
    probes.c(f, error, 0);
    probes.x(f, 0, undefined);
    uncaught(error, false);
    expect(lines()).toEqual([
      "ENTER 7 flags 2 1",
      `RESUME ${f}`,
      `SUSPEND ${f}`,
      `THROW ${f} {"error":["TypeError","no"]} 1`,
      `CATCH ${f} flags 1`,
      `UNWIND ${f}`,
      "UNCAUGHT 0 flags 1",
    ]);
  });

  it("tells of what is thrown its head, and its causes as values of their own", () => {
    const f = probes.e0(7);
    const cause = Object.assign(new Error("disk"), { code: "EIO" });
    probes.t(f, Object.assign(new TypeError("no", { cause }), { request: { id: 1 } }));
    expect(readRing(fake.memory)[1]?.values).toEqual([
      { error: ["TypeError", "no"] },
      expect.any(Number),
      1,
      { error: ["Error", "disk"] },
      expect.any(Number),
    ]);
  });

  it("looks into the objects of a function's first calls, whatever the budget", () => {
    modes[7] = layout.MODE_VALUES;
    startFake(60);
    for (let i = 0; i < 20_000; i++) probes.e1(7, { a: 1 });
    modes[8] = layout.MODE_VALUES | layout.MODE_FRESH;
    const before = readRing(fake.memory).length;
    for (let i = 0; i < 200; i++) probes.x(probes.e1(8, { a: 1 }), 1, [i]);
    const records = readRing(fake.memory).slice(before);
    const seen = records.map(({ values }) => "length" in (values[0] as object));
    expect(seen.slice(0, 2 * layout.FRESH_CALLS)).not.toContain(false);
    expect(seen.slice(2 * layout.FRESH_CALLS)).not.toContain(true);
    expect(modes[8]).toBe(layout.MODE_VALUES);
  });

  it("does nothing in calls that are not recorded", () => {
    expect([probes.q(0, 3), probes.s(0, 4), probes.r(0, 5), probes.t(0, 6)]).toEqual([3, 4, 5, 6]);
    probes.c(0, 1, 0);
    probes.k(0, 0);
    probes.u(0, 1);
    expect(lines()).toEqual([]);
  });

  it("goes through all chunks, then counts what finds no room, and says where it was lost", () => {
    startFake(2);
    const before = dropped[7] as number;
    let calls = 0;
    const long = "x".repeat(190);
    while (probes.e1(7, long) !== 0) calls += 1;
    expect(calls).toBeGreaterThan(1500);
    expect(probes.e1(7, long)).toBe(0);
    expect((dropped[7] as number) - before).toBe(2);
    expect(readRing(fake.memory)).toHaveLength(calls);
    fake.states[2] = layout.CHUNK_FREE;
    fake.tick[0] = (fake.tick[0] as number) + 1;
    expect(probes.e0(7)).not.toBe(0);
    expect(lines().slice(-2)).toEqual(["LOST 0", "ENTER 7"]);
  });

  it("writes a string once in a chunk, and points to it where it is met again", () => {
    const words = (): number => readRing(fake.memory).at(-1)?.words ?? 0;
    const text = "the text of a whole file, which every function of a parser is given";
    probes.e1(7, text);
    expect(words()).toBeGreaterThan(8);
    probes.e2(7, "another of them, as long as it takes", text);
    const other = `${text} and more`;
    probes.x(probes.e1(7, other), 1, text);
    expect(words()).toBe(2);
    expect(lines()).toEqual([
      `ENTER 7 "${text}"`,
      `ENTER 7 "another of them, as long as it takes" "${text}"`,
      `ENTER 7 "${other}"`,
      expect.stringMatching(`RETURN .* "${text}"`),
    ]);
  });

  it("writes it anew in the next chunk", () => {
    startFake(3);
    const text = "a string of more than a few units";
    let calls = 0;
    while (probes.e1(7, text) !== 0) calls += 1;
    const told = readRing(fake.memory).map(({ values }) => values[0]);
    expect(told).toHaveLength(calls);
    expect(new Set(told)).toEqual(new Set([text]));
  });

  it("tells strings apart that are alike in length and ends", () => {
    const texts = Array.from(
      { length: 500 },
      (_, i) => `text ${String(i).padStart(4, "0")} of many`,
    );
    const long = ["a", "b"].map((end) => "x".repeat(5000) + end);
    for (const text of [...texts, ...long, ...texts, ...long]) probes.e1(7, text);
    const told = readRing(fake.memory).map(({ values }) => values[0]);
    const head = { text: "x".repeat(200), length: 5001 };
    expect(told).toEqual([...texts, head, head, ...texts, head, head]);
  });

  it("tells a long string by its length alone where the budget is used up", () => {
    startFake(60);
    const known = "k".repeat(9000);
    probes.e1(7, known);
    for (let i = 0; i < 20_000; i++) probes.e1(7, { a: 1 });
    probes.e1(8, "n".repeat(9001));
    const told = readRing(fake.memory).map(({ values }) => values[0]);
    expect(told[0]).toEqual({ text: "k".repeat(200), length: 9000 });
    expect(told.at(-1)).toEqual({ text: "", length: 9001 });
  });

  it("wakes a recorder that sleeps", () => {
    const before = fake.woken;
    fake.tick[0] = layout.TICK_ASLEEP;
    probes.e0(7);
    expect(fake.woken).toBe(before + 1);
  });
});
