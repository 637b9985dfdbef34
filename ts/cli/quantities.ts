/**
 * Numbers as people read them.
 *
 *     duration(1_234_000)   // "1.23 ms"
 *     count(1234567)        // "1,234,567"
 *     moment("2026-11-23T08:00:00.123456789Z")   // "2026-11-23 08:00:00.123"
 *
 * Limits: English, UTC.
 */

const UNITS: readonly (readonly [ns: number, unit: string])[] = [
  [1e9, "s"],
  [1e6, "ms"],
  [1e3, "µs"],
];
const MINUTE_NS = 60e9;

/** A duration of three digits: `950 ns`, `1.23 ms`, `12.3 s`, `2 m 05 s`; `–` for null. */
export function duration(ns: number | null): string {
  if (ns === null) return "–";
  if (ns >= MINUTE_NS) {
    const seconds = Math.round(ns / 1e9);
    return `${count(Math.floor(seconds / 60))} m ${String(seconds % 60).padStart(2, "0")} s`;
  }
  for (const [unitNs, unit] of UNITS) {
    // 999.6 µs would print as "1000 µs".
    if (ns >= unitNs * 0.9995) return `${threeDigits(ns / unitNs)} ${unit}`;
  }
  return `${Math.round(ns)} ns`;
}

function threeDigits(value: number): string {
  return value.toFixed(value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2);
}

/** A number with its thousands apart. */
export function count(value: number): string {
  return Math.round(value).toLocaleString("en-US");
}

/** A number of things: `1 call`, `2 calls`. */
export function plural(value: number, noun: string): string {
  return `${count(value)} ${noun}${value === 1 ? "" : "s"}`;
}

/** Bytes: `12.3 MB`. */
export function bytes(value: number): string {
  for (const [size, unit] of [
    [1e9, "GB"],
    [1e6, "MB"],
    [1e3, "kB"],
  ] as const) {
    if (value >= size) return `${threeDigits(value / size)} ${unit}`;
  }
  return `${value} B`;
}

/** A time to the millisecond. */
export function moment(iso: string): string {
  return iso.slice(0, 23).replace("T", " ").replace("Z", "");
}

/** Its time of day. */
export function timeOfDay(iso: string): string {
  return moment(iso).slice(11);
}

const AGES: readonly (readonly [ms: number, unit: string])[] = [
  [86_400_000, "d"],
  [3_600_000, "h"],
  [60_000, "min"],
  [1000, "s"],
];

/** How long before `now` a time is: `5 min ago`. */
export function relativeTime(iso: string, now: number): string {
  const ms = now - Date.parse(iso);
  if (!Number.isFinite(ms)) return "";
  const [unitMs, unit] = AGES.find(([least]) => ms >= least) ?? [1, ""];
  return unit === "" ? "just now" : `${count(Math.floor(ms / unitMs))} ${unit} ago`;
}
