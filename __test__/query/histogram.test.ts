import { expect, test } from "vitest";
import { Histogram } from "../../ts/query/histogram";
import { histogramBucket } from "./support/store-writer";

test("texts in a row are added up", () => {
  const histogram = new Histogram();
  histogram.add('{"0":2,"73":4}{}{"73":1,"80":10}');
  histogram.add('{ "73": 3 }');
  expect(histogram.count).toBe(20);
  expect(histogram.quantile(0.1)).toBe(0);
  expect(histogram.quantile(0.5)).toBe(Math.round(1.1 ** 72.5));
  expect(histogram.quantile(1)).toBe(Math.round(1.1 ** 79.5));
});

test("nothing has no quantile, and damage is not counted", () => {
  const histogram = new Histogram();
  histogram.add("");
  histogram.add("{}");
  histogram.add("null");
  expect(histogram.quantile(0.5)).toBeNull();
  histogram.add('{"999999":1}');
  expect(histogram.count).toBe(1);
});

test("a duration is told within 4.9 %", () => {
  for (const ns of [1, 2, 3, 10, 999, 1_234_567, 2 ** 50]) {
    const histogram = new Histogram();
    histogram.add(`{"${histogramBucket(ns)}":1}`);
    expect(Math.abs(histogram.quantile(0.5)! - ns) / ns).toBeLessThan(0.0489);
  }
});
