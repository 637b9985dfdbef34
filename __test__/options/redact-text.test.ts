import { expect, test } from "vitest";
import { redactOf } from "../../ts/options/redact-text";

test.each([
  ["off", false],
  ["on", {}],
  ["hash", { hash: true }],
  ["replace=***", { replace: "***" }],
  [
    "also=email, also=ip,except=card,name=shoeSize,name=!sessionId",
    { also: ["email", "ip"], except: ["card"], names: ["shoeSize", "!sessionId"] },
  ],
  ['{"rules":{"order":"ORD-[0-9]{6,8}"}}', { rules: { order: "ORD-[0-9]{6,8}" } }],
])("%s", (text, option) => {
  expect(redactOf(text, "--redact")).toEqual(option);
});

test.each([
  ["of", "--redact is off, on, or hash, replace=…, name=…"],
  ["hsh", 'got "hsh". Did you mean "hash"?'],
  ["also", 'got "also".'],
  ["hash=1", 'got "hash=1".'],
  ["", 'got "".'],
  ["also=emial", '--redact: "also" knows no rule "emial": did you mean "email"?'],
  ['{"also":', "--redact is no JSON: "],
  ['{"alo":[]}', '--redact has no "alo": did you mean "also"?'],
])("%s is none", (text, message) => {
  expect(() => redactOf(text, "--redact")).toThrow(message);
  expect(() => redactOf(text, "--redact")).toThrow(
    expect.objectContaining({ code: "BC_ERR_BAD_OPTION" }),
  );
});
