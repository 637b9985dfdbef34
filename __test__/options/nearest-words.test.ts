import { expect, test } from "vitest";
import { nearestWords } from "../../ts/options/nearest-words";

test("parts and typos, the nearest first; nothing that is far", () => {
  const words = ["Cart.add", "Cart.remove", "parse", "addAll", "x"];
  expect(nearestWords("add", words, 3)).toEqual(["addAll", "Cart.add"]);
  expect(nearestWords("prase", words, 3)).toEqual(["parse"]);
  expect(nearestWords("Cart", words, 1)).toEqual(["Cart.add"]);
  expect(nearestWords("completely", words, 3)).toEqual([]);
  expect(nearestWords("", words, 3)).toEqual(["x"]);
});
