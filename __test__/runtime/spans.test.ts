import { beforeEach, describe, expect, it, vi } from "vitest";
import { fake, startFake } from "./support/fake-native";
import { readRing } from "./support/read-ring";

vi.mock("../../ts/native/load", async () => import("./support/fake-native"));
const { probes } = await import("../../ts/runtime/probes");
const { begin, end, fail, spanKind } = await import("../../ts/runtime/spans");
const { hidden } = await import("../../ts/runtime/hidden");
const { state, STRING } = await import("../../ts/runtime/state");
const { modes } = await import("../../ts/runtime/writer");
const layout = await import("../../ts/native/layout");

const KIND = spanKind("http.client", "node:http", ["method", "url"]);

/** `ENTER 1` of a function, `ENTER span GET,/` of a span, what ends them by their tokens. */
function records(): string[] {
  return readRing(fake.memory).map(({ kind, hi, flags, values }) => {
    const what = kind === "ENTER" && flags === layout.FLAG_GENERATOR ? "span" : hi;
    return `${kind} ${what} ${values.join()}`.trim();
  });
}

beforeEach(() => {
  startFake();
  modes.fill(layout.MODE_VALUES, 0, 300);
});

describe("a span", () => {
  it("begins under the call that runs, and ends wherever that is told", () => {
    const outer = probes.e0(1);
    const span = begin(KIND, ["GET", "/"]);
    probes.x(outer, 1, 5);
    const other = probes.e0(2);
    end(span, 200);
    probes.x(other, 1, 6);
    const [first, second, third] = [outer, span, other].map((f) => f & layout.TOKEN_MASK);
    expect(records()).toEqual([
      "ENTER 1",
      "ENTER span GET,/",
      `RETURN ${first} 5`,
      "ENTER 2",
      `RETURN ${second} 200`,
      `RETURN ${third} 6`,
    ]);
  });

  it("is named when the first of its kind begins, and once", () => {
    const kind = spanKind("pg.query", "npm:pg", ["sql"]);
    const before = fake.spans.length;
    begin(kind, ["SELECT 1"]);
    begin(kind, ["SELECT 2"]);
    const named = fake.spans.slice(before).map((span) => JSON.parse(span) as object);
    expect(named).toEqual([
      { name: "pg.query", file: "npm:pg", line: 0, column: 0, parameters: ["sql"] },
    ]);
  });

  it("that fails has its error", () => {
    fail(begin(KIND, ["GET", "/"]), new Error("refused"));
    expect(records().map((record) => record.split(" ", 1)[0])).toEqual(["ENTER", "UNWIND"]);
  });

  it("is not recorded where its kind is off, or nothing records; its end is none then", () => {
    modes.fill(layout.MODE_OFF, 0, 300);
    const off = begin(KIND, ["GET", "/"]);
    end(off, 1);
    fail(off, new Error("no"));
    fake.epoch[0] = 0;
    modes.fill(layout.MODE_VALUES, 0, 300);
    expect([off, begin(KIND, ["GET", "/"])]).toEqual([0, 0]);
    expect(records()).toEqual([]);
  });

  it("may be what a session records first: its limits hold", () => {
    fake.epoch[0] = (fake.epoch[0] as number) + 1;
    state[STRING] = 0;
    end(begin(KIND, ["GET", "/"]), { status: "fine" });
    expect(state[STRING]).toBe(200);
    expect(JSON.stringify(readRing(fake.memory)[1]?.values)).toContain('"status","fine"');
  });

  it("keeps texts that are longer than those of calls, also where they were written before", () => {
    const text = "SELECT ".repeat(200);
    const outer = probes.e1(1, text);
    begin(KIND, ["GET", text]);
    probes.x(outer, 1, undefined);
    const [first, second] = readRing(fake.memory);
    expect(JSON.stringify(first?.values).length).toBeLessThan(300);
    expect(second?.values[1]).toBe(text);
  });
});

describe("what is hidden on objects", () => {
  it("is found again where this host has no symbol for it", () => {
    const notes = hidden<number>("module_source_private_symbol");
    const [one, other] = [{}, {}];
    notes.set(one, 1);
    expect([notes.get(one), notes.get(other), Reflect.ownKeys(one)]).toEqual([1, undefined, []]);
  });
});
