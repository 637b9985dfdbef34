/**
 * Where `node --test` says that tests stand: a file's process hands its runner each event through
 * `v8.DefaultSerializer`, with the place where the engine saw the call, in the text with probes.
 *
 *     { type: "test:pass", data: { file: "/a.test.js", line: 3, column: 61 } } → column 9
 *
 * Only in such a process is anything replaced.
 * Tests that run in the process of their reporter (`node a.test.js`) are not handed over: see
 * `caller-location.ts`.
 */
import { DefaultSerializer } from "node:v8";
import { originalPlaceOf } from "./call-sites";
import { apply } from "./primordials";
import { standIn } from "./stand-in";

type WriteValue = (value: unknown) => unknown;

interface TestEvent {
  readonly type: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** Replaces `DefaultSerializer.prototype.writeValue` in a process that the test runner began. */
export function installTestLocations(): void {
  if (process.env["NODE_TEST_CONTEXT"] !== "child-v8") return;
  const prototype = DefaultSerializer.prototype as unknown as { writeValue: WriteValue };
  const original = prototype.writeValue;
  const { writeValue } = {
    writeValue(this: unknown, value: unknown): unknown {
      return apply(original, this, [isTestEvent(value) ? withOriginalColumn(value) : value]);
    },
  };
  Object.defineProperty(prototype, "writeValue", {
    configurable: true,
    enumerable: false,
    writable: true,
    value: standIn(writeValue, original),
  });
}

function isTestEvent(value: unknown): value is TestEvent {
  if (typeof value !== "object" || value === null || !("type" in value)) return false;
  const { type } = value;
  return typeof type === "string" && type.startsWith("test:") && "data" in value;
}

function withOriginalColumn(event: TestEvent): TestEvent {
  const { data } = event;
  if (typeof data !== "object" || data === null) return event;
  const { 0: line, 1: column } = originalPlaceOf(data["file"], data["line"], data["column"]);
  const isSame = line === data["line"] && column === data["column"];
  return isSame ? event : { ...event, data: { ...data, line, column } };
}
