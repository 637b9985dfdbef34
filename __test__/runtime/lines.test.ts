import { beforeEach, describe, expect, it, vi } from "vitest";
import { fake, startFake } from "./support/fake-native";
import { readRing } from "./support/read-ring";

vi.mock("../../ts/native/load", async () => import("./support/fake-native"));
const { probes } = await import("../../ts/runtime/probes");
const { modes } = await import("../../ts/runtime/writer");
const layout = await import("../../ts/native/layout");

const firstBlocks = new Uint32Array(fake.control, layout.FIRST_BLOCKS_OFFSET, 100);
const blocks = new Uint32Array(fake.memory, layout.BLOCKS_OFFSET, 1000);
/** Number of block 0 of function 7. */
const FIRST = 300;

/** What `begin` runs. */
const BEGUN = [
  [0, 1],
  [1, 3],
];

beforeEach(() => {
  startFake(1);
  modes.fill(layout.MODE_VALUES | layout.MODE_LINES, 0, 100);
  firstBlocks[7] = FIRST;
});

/** Records of lines: the blocks of each and how often they ran; and counted blocks of function 7. */
function seen() {
  const told = readRing(fake.memory).filter(({ kind }) => kind === "LINES");
  return {
    told: told.map(({ values }) => values),
    counted: Array.from(blocks.subarray(FIRST, FIRST + 3)),
  };
}

/** A call of function 7, its blocks 0 once and 1 three times. */
function begin(): number {
  const f = probes.e0(7);
  probes.n(f, 7, 0);
  for (let i = 0; i < 3; i++) probes.n(f, 7, 1);
  return f;
}

function fillRing(): void {
  while (probes.e1(8, "x".repeat(190)) !== 0);
}

describe("blocks", () => {
  it("of a call are in one record before its end", () => {
    probes.x(begin(), 1, null);
    expect(seen()).toEqual({ told: [BEGUN], counted: [0, 0, 0] });
    expect(readRing(fake.memory).map(({ kind }) => kind)).toEqual(["ENTER", "LINES", "RETURN"]);
  });

  it("of a stretch that finds no room are counted, once", () => {
    const f = begin();
    fillRing();
    probes.x(f, 1, null);
    expect(seen()).toEqual({ told: [], counted: [1, 3, 0] });
  });

  it("of a stretch that finds no room when the call below goes on are counted, once", () => {
    const [outer, inner] = [begin(), probes.e0(7)];
    fillRing();
    probes.n(inner, 7, 2);
    expect(seen()).toEqual({ told: [], counted: [0, 0, 0] });
    probes.n(outer, 7, 2);
    expect(seen()).toEqual({ told: [], counted: [0, 0, 1] });
    probes.x(outer, 1, null);
    expect(seen()).toEqual({ told: [], counted: [1, 3, 2] });
  });

  it("are told again once there is room, and the recorder hears of the loss before", () => {
    const f = begin();
    fillRing();
    probes.n(0, 7, 2);
    probes.x(f, 1, null);
    fake.states[1] = layout.CHUNK_FREE;
    fake.tick[0] = (fake.tick[0] as number) + 1;
    probes.x(begin(), 1, null);
    const kinds = readRing(fake.memory).map(({ kind }) => kind);
    expect(kinds.slice(-4)).toEqual(["LOST", "ENTER", "LINES", "RETURN"]);
    expect(seen()).toEqual({ told: [BEGUN], counted: [1, 3, 1] });
  });
});
