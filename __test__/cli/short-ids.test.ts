import { expect, test } from "vitest";
import { ShortIds } from "../../ts/cli/short-ids";

test("as short as tells them apart, but eight letters", () => {
  const ids = new ShortIds([
    "019ab3c4-1111-7000",
    "019ab3c4-1122-7000",
    "019cc000-0000-7000",
    "r1",
  ]);
  expect(ids.run("019ab3c4-1111-7000")).toBe("019ab3c4-111");
  expect(ids.run("019cc000-0000-7000")).toBe("019cc000");
  expect(ids.run("r1")).toBe("r1");
  expect(ids.run("unknown")).toBe("unknown");
  expect(ids.trace("019cc000-0000-7000-2N9C")).toBe("019cc000-2N9C");
});

test("never ends in a dash", () => {
  const ids = new ShortIds(["019ab3c4-1", "019ab3c45"]);
  expect(ids.run("019ab3c4-1")).toBe("019ab3c4-1");
});
