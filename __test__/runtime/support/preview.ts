/**
 * What a value becomes in the ring. The test that imports it mocks `ts/native/load` by
 * `fake-native.ts`.
 */
import { probes } from "../../../ts/runtime/probes";
import { fake, startFake } from "./fake-native";
import { readRing } from "./read-ring";

/** The value as it is read back from the ring. `limits`: others than the standard ones, by LIMIT_*. */
export function preview(value: unknown, limits: Readonly<Record<number, number>> = {}): unknown {
  startFake(4, limits);
  probes.e1(7, value);
  return readRing(fake.memory).at(-1)?.values[0];
}
