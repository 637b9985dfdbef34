/**
 * Quantiles from the histograms that segments carry.
 *
 *     const sums = new Histogram();
 *     sums.add('{"73":4,"80":1}');
 *     sums.quantile(0.5)   // 954: bucket 73 is 910…1001 ns
 *
 * Bucket b > 0 holds durations from 1.1^(b-1) to 1.1^b and is told by its geometric middle, so a
 * quantile is within 1.1^0.5 (4.9 %) of the duration of that rank. Limits: up to 2^63 ns.
 */
import { HISTOGRAM_BASE } from "./schema";

/** Highest bucket: 2^63 ns is in 459. */
const BUCKETS = 512;
const DIGIT_0 = 48;
const SPACE = 32;
const QUOTE = 34;
const COLON = 58;

/** Durations by bucket. */
export class Histogram {
  readonly #buckets = new Float64Array(BUCKETS);
  #count = 0;

  /** Number of durations. */
  get count(): number {
    return this.#count;
  }

  /**
   * Adds one or several texts `{"<bucket>":<number>,…}` in a row. Scanned by hand: with a
   * thousand functions in a hundred segments, `JSON.parse` would be most of the time.
   */
  add(texts: string): void {
    let bucket = 0;
    let number = 0;
    let isNumber = false;
    for (let i = 0; i < texts.length; i++) {
      const code = texts.charCodeAt(i);
      if (code >= DIGIT_0 && code < DIGIT_0 + 10) {
        number = number * 10 + code - DIGIT_0;
      } else if (code === COLON) {
        bucket = number;
        number = 0;
        isNumber = true;
      } else if (code === QUOTE || code === SPACE) {
        continue;
      } else {
        if (isNumber) this.#addTo(bucket, number);
        number = 0;
        isNumber = false;
      }
    }
  }

  /** The duration in ns below which the share `q` of the durations is; null without any. */
  quantile(q: number): number | null {
    if (this.#count === 0) return null;
    let rest = Math.max(1, Math.ceil(q * this.#count));
    for (const [bucket, count] of this.#buckets.entries()) {
      rest -= count;
      if (rest <= 0) return bucketDuration(bucket);
    }
    return null;
  }

  #addTo(bucket: number, count: number): void {
    const known = Math.min(bucket, BUCKETS - 1);
    this.#buckets[known] = (this.#buckets[known] as number) + count;
    this.#count += count;
  }
}

/** The duration in ns that stands for those of a bucket. */
export function bucketDuration(bucket: number): number {
  return bucket === 0 ? 0 : Math.round(HISTOGRAM_BASE ** (bucket - 0.5));
}

/** The bucket of a duration as SQL; the same as `histogram_bucket` of crates/event. */
export function bucketSql(duration: string): string {
  return `CASE WHEN ${duration} <= 0 THEN 0 ELSE floor(ln(${duration}) / ln(${HISTOGRAM_BASE}))::INTEGER + 1 END`;
}
