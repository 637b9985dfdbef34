import { describe, expect, it } from "vitest";
import {
  headerOf,
  parseTraceParent,
  rawHeaderOf,
  traceParent,
  wordsOf,
} from "../../ts/runtime/trace-parent";

const TRACE = "0af7651916cd43dd8448eb211c80319c";
const SPAN = "b7ad6b7169203331";

describe("traceparent", () => {
  it("is read, and written as it was", () => {
    const header = `00-${TRACE}-${SPAN}-01`;
    const span = parseTraceParent(header, "a=1");
    expect(span).toMatchObject({ trace: TRACE, span: SPAN, flags: "01", state: "a=1" });
    const words = [0x0af76519, 0x16cd43dd, 0x8448eb21, 0x1c80319c, 0xb7ad6b71, 0x69203331];
    expect(span?.words.map((word) => word >>> 0)).toEqual(words);
    expect(wordsOf(TRACE, SPAN)).toEqual(span?.words);
    expect(span && traceParent(span)).toBe(header);
    expect(parseTraceParent(`cc-${TRACE}-${SPAN}-00`)?.flags).toBe("00");
    expect(parseTraceParent(`cc-${TRACE}-${SPAN}-00-what-comes`)?.span).toBe(SPAN);
  });

  it.each([
    ["nothing", undefined],
    ["no text", 7],
    ["an empty text", ""],
    ["a version that cannot be", `ff-${TRACE}-${SPAN}-01`],
    ["no version", `0-${TRACE}-${SPAN}-01`],
    ["more behind version 00", `00-${TRACE}-${SPAN}-01-x`],
    ["more behind a later one, without a dash", `01-${TRACE}-${SPAN}-01x`],
    ["a short trace", `00-${TRACE.slice(1)}-${SPAN}-011`],
    ["a trace of zeros", `00-${"0".repeat(32)}-${SPAN}-01`],
    ["a span of zeros", `00-${TRACE}-${"0".repeat(16)}-01`],
    ["capitals", `00-${TRACE.toUpperCase()}-${SPAN}-01`],
    ["other separators", `00_${TRACE}-${SPAN}-01`],
    ["no digits", `00-${TRACE}-${SPAN}-0g`],
    ["two of them", `00-${TRACE}-${SPAN}-01, 00-${TRACE}-${SPAN}-01`],
  ])("that is %s is none", (_what, header) => {
    expect(parseTraceParent(header)).toBeUndefined();
  });
});

describe("a header", () => {
  it.each([
    ["a list", ["Host", "x", "TraceParent", "t"]],
    [
      "a list of pairs",
      [
        ["Host", "x"],
        ["TraceParent", "t"],
      ],
    ],
    ["an object", { host: "x", traceparent: "t" }],
    ["Node's own object", { host: ["Host", "x"], traceparent: ["TraceParent", "t"] }],
    ["text", "Host: x\r\nTraceParent: t\r\n"],
    ["text, as the first one", "traceparent:t\r\nHost: x\r\n"],
    ["text, as the last one", "Host: x\r\ntraceparent: t"],
  ])("is found in %s", (_where, headers) => {
    expect(headerOf(headers, "traceparent")).toBe("t");
    expect(headerOf(headers, "tracestate")).toBeUndefined();
  });

  it.each([
    ["twice in a list", ["traceparent", "t", "traceparent", "t"]],
    ["twice in text", "traceparent: t\r\ntraceparent: t\r\n"],
    ["with values of its own", { traceparent: ["traceparent", ["t", "t"]] }],
    ["with no text", ["traceparent", 7]],
    ["behind a proxy", new Proxy([], {})],
  ])("that stands %s makes no sense", (_where, headers) => {
    expect(headerOf(headers, "traceparent")).toBe("");
  });

  it("is asked for without the program's code", () => {
    const headers = ["Host", "x"];
    Object.defineProperty(headers, 2, {
      enumerable: true,
      get: () => {
        throw new Error("called");
      },
    });
    headers[3] = "t";
    expect(headerOf(headers, "traceparent")).toBeUndefined();
  });

  it("is found in what Node has read", () => {
    expect(rawHeaderOf(["Host", "x", "TraceParent", "t"], "traceparent")).toBe("t");
    expect(rawHeaderOf(["traceparent", "t", "traceparent", "t"], "traceparent")).toBe("");
    for (const none of [undefined, [], ["Host", "x"], new Proxy([], {})]) {
      expect(rawHeaderOf(none, "traceparent")).toBeUndefined();
    }
  });

  it("is not there where there are none", () => {
    for (const headers of [undefined, null, 7, [], {}, ""]) {
      expect(headerOf(headers, "traceparent")).toBeUndefined();
    }
  });
});
