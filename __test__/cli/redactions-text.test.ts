import { expect, test } from "vitest";
import { redactionsText } from "../../ts/cli/redactions-text";

test("rules by how often they fired, over several runs", () => {
  expect(
    redactionsText([
      { redacted: 1202, redactions: { jwt: 2, token: 1200 } },
      { redacted: 3, redactions: { card: 1, jwt: 2 } },
    ]),
  ).toBe("1,205 (token 1,200, jwt 4, card 1)");
});

test("no more than fit, in a settled order", () => {
  const redactions = { h: 1, g: 1, f: 1, e: 1, d: 1, c: 1, b: 1, a: 2 };
  expect(redactionsText([{ redacted: 9, redactions }])).toBe(
    "9 (a 2, b 1, c 1, d 1, e 1, f 1, 2 more rules)",
  );
});

test("nothing, or the sum alone where that is all that is known", () => {
  expect(redactionsText([])).toBe("");
  expect(redactionsText([{ redacted: 0, redactions: {} }])).toBe("");
  expect(redactionsText([{ redacted: 4, redactions: {} }])).toBe("4");
});
