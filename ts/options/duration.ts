/**
 * A duration as a text → ms: whatever option, flag or filter says one.
 *
 *     parseDuration("1.5m")      // 90000
 *     parseDuration("250us")     // 0.25
 *     parseDuration("30", "s")   // 30000
 *     parseDuration("soon")      // null
 *
 * Limits: one number and one unit; the smallest is a nanosecond, the largest a week.
 */
const UNITS_MS: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  ms: 1,
  s: 1000,
  m: 60_000,
  min: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};

/** What is a duration, in small letters; a number alone is one where a unit is understood. */
export const DURATION = /^(\d+(?:\.\d+)?)\s*(ns|us|µs|ms|s|min|m|h|d|w)?$/;

/** A duration in ms; null for what is none. `understood`: the unit of a number alone. */
export function parseDuration(text: string, understood = ""): number | null {
  const [, digits, unit = understood] = DURATION.exec(text.toLowerCase()) ?? [];
  const ms = UNITS_MS[unit];
  return digits === undefined || ms === undefined ? null : Number(digits) * ms;
}
