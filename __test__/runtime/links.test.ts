import { beforeEach, describe, expect, it, vi } from "vitest";
import { fake, startFake } from "./support/fake-native";
import { readRing } from "./support/read-ring";

vi.mock("../../ts/native/load", async () => import("./support/fake-native"));
const { probes } = await import("../../ts/runtime/probes");
const { beginRequest, installContexts, traceHere } = await import("../../ts/runtime/context");
const { IN, link, linkActive, newSpan, OTEL, OUT } = await import("../../ts/runtime/links");
const { parseTraceParent, wordsOf } = await import("../../ts/runtime/trace-parent");
const { modes } = await import("../../ts/runtime/writer");
const layout = await import("../../ts/native/layout");

const TRACE = "0af7651916cd43dd8448eb211c80319c";
const SPAN = "b7ad6b7169203331";
const FROM = parseTraceParent(`00-${TRACE}-${SPAN}-00`, "a=1");
const SHARED = Symbol.for("opentelemetry.js.api.1");

/** `ENTER`, `RETURN` and the links. */
function records(): string[] {
  return readRing(fake.memory).map(({ kind, flags, values }) => {
    return kind === "LINK" ? `LINK ${flags} ${values.join(" ")}` : kind;
  });
}

function call<T>(id: number, body: () => T): T {
  const f = probes.e0(id);
  const result = body();
  probes.x(f, 1, undefined);
  return result;
}

/** A callback of Node's, in a context of its own. */
function callback(body: () => void): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(() => {
      body();
      setTimeout(resolve);
    });
  });
}

beforeEach(() => {
  startFake();
  modes.fill(layout.MODE_VALUES, 0, 100);
  installContexts();
  Reflect.deleteProperty(globalThis, SHARED);
});

describe("a span", () => {
  it("has a trace by the number of its root, and ids that are its own", () => {
    const [a, b, other] = [newSpan(1, undefined), newSpan(1, undefined), newSpan(2, undefined)];
    expect(a.trace).toBe(b.trace);
    expect(other.trace).not.toBe(a.trace);
    expect(other.trace.slice(0, 16)).toBe(a.trace.slice(0, 16));
    expect(a.flags).toBe("01");
    for (const one of [a, b, other]) expect(one.words).toEqual(wordsOf(one.trace, one.span));
    const spans = Array.from({ length: 10_000 }, (_, root) => newSpan(root, undefined));
    expect(new Set(spans.map(({ span }) => span)).size).toBe(10_000);
    expect(new Set(spans.map(({ trace }) => trace)).size).toBe(10_000);
  });

  it("of a trace of others has their id, flags and state", () => {
    const span = newSpan(1, FROM);
    expect(span).toMatchObject({ trace: TRACE, flags: "00", state: "a=1" });
    expect(span.words).toEqual(wordsOf(TRACE, span.span));
  });
});

describe("a link", () => {
  it("stands behind the first call of a request that came with one", async () => {
    await callback(() => {
      beginRequest(FROM);
      call(1, () => call(2, () => {}));
      call(3, () => {});
    });
    const rest = ["ENTER", "RETURN", "RETURN", "ENTER", "CONTEXT", "RETURN"];
    expect(records()).toEqual(["ENTER", `LINK ${IN} 0 ${TRACE} ${SPAN}`, ...rest]);
  });

  it("names the root where no call runs", async () => {
    await callback(() => {
      beginRequest(FROM);
      call(1, () => call(2, () => {}));
      const trace = traceHere();
      expect(trace).toMatchObject({ distance: 2, from: FROM });
      expect(link(OUT, newSpan(trace?.root ?? 0, trace?.from), trace?.distance ?? 0)).toBe(true);
    });
    expect(records().at(-1)).toMatch(new RegExp(`^LINK ${OUT} 2 ${TRACE} [0-9a-f]{16}$`));
  });

  it("there is none of what is not recorded", async () => {
    expect(traceHere()).toBeUndefined();
    await callback(() => {
      beginRequest(FROM);
      expect(traceHere()).toBeUndefined();
    });
    modes.fill(layout.MODE_COUNT, 0, 100);
    call(1, () => expect(traceHere()).toBeUndefined());
    expect(records().join()).not.toContain("LINK");
  });

  it("there is none where the ring is full", () => {
    call(1, () => {
      startFake(0);
      expect(link(OUT, newSpan(1, undefined), 0)).toBe(false);
    });
  });

  it("is to the active span of OpenTelemetry, whatever that is", () => {
    const active = (spanContext: unknown): void => {
      const context = { active: () => ({ getValue: () => ({ spanContext: () => spanContext }) }) };
      Object.assign(globalThis, { [SHARED]: { context } });
    };
    linkActive(0);
    active({ traceId: TRACE, spanId: SPAN });
    call(1, () => {});
    expect(records()).toEqual(["ENTER", `LINK ${OTEL} 0 ${TRACE} ${SPAN}`, "RETURN"]);
  });
});
