import { expect, test } from "vitest";
import { samplesOf, samplingOf } from "../../ts/options/samples";

const CPU = { cpu: true, heap: false, intervalUs: 1000 };

test("nothing is sampled unless it is asked for", () => {
  expect([samplingOf(undefined), samplingOf(false)]).toEqual([null, null]);
  expect(samplingOf({ cpu: false })).toBe(null);
  expect(samplingOf(true)).toEqual(CPU);
  expect(samplingOf({ heap: true, intervalUs: 200 })).toEqual({
    ...CPU,
    heap: true,
    intervalUs: 200,
  });
});

test.each([
  ["cpu", { ...CPU }],
  ["heap", { ...CPU, cpu: false, heap: true }],
  ["cpu,heap,interval=500", { cpu: true, heap: true, intervalUs: 500 }],
  ["interval=500", { ...CPU, intervalUs: 500 }],
  ["on", CPU],
  ["off", null],
])("%s is understood", (text, sampling) => {
  expect(samplingOf(samplesOf(text, "--samples"))).toEqual(sampling);
});

test.each([
  [{ gpu: true }, 'Unknown option "samples.gpu"'],
  [{ cpu: 1 }, '"samples.cpu" must be a boolean; got number'],
  [{ intervalUs: 1 }, '"samples.intervalUs" is a whole number of 50 to 1000000; got 1'],
  ["cpu", 'Option "samples" must be an object or a boolean; got string'],
])("%j is refused", (given, message) => {
  expect(() => samplingOf(given as never)).toThrow(message);
});

test("a text that says something else is refused", () => {
  expect(() => samplesOf("gpu", "--samples")).toThrow(/^--samples is cpu, heap or both/);
});
