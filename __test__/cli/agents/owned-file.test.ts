import { expect, test } from "vitest";
import { isOurs, signed } from "../../../ts/cli/agents/owned-file";

test("a file is ours until somebody changes it", () => {
  const text = signed("# A\nb\n");
  expect(isOurs(text)).toBe(true);
  expect(isOurs(text.replaceAll("\n", "\r\n"))).toBe(true);
  expect(isOurs(text.replace("b", "c"))).toBe(false);
  expect(isOurs(`${text}more\n`)).toBe(false);
  expect(isOurs("# A\n")).toBe(false);
});
