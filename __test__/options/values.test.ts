import { expect, test } from "vitest";
import { valueLimits, valuesOf } from "../../ts/options/values";

const USUAL = { depth: 3, keys: 12, items: 10, string: 200, bytes: 8192, budget: 50 };

test("what is not said is as usual", () => {
  expect(valueLimits()).toEqual({ ...USUAL, identity: false, this: false });
  expect(valueLimits({ depth: 16, this: true })).toEqual({
    ...USUAL,
    depth: 16,
    identity: false,
    this: true,
  });
});

test("the environment's text is the same options", () => {
  expect(valuesOf("depth=5, keys=50,items=20,string=1000,bytes=4096,budget=0,identity")).toEqual({
    depth: 5,
    keys: 50,
    items: 20,
    string: 1000,
    bytes: 4096,
    budget: 0,
    identity: true,
  });
  expect(valuesOf("this=false")).toEqual({ this: false });
});

test("what makes no sense is refused, and said where", () => {
  const refused = (message: string): unknown =>
    expect.objectContaining({
      code: "BC_ERR_BAD_OPTION",
      message: expect.stringContaining(message) as unknown,
    });
  for (const text of ["", "depth", "depth=x", "identity=maybe", "toString=1", "depth=-1"]) {
    expect(() => valuesOf(text)).toThrow(refused("BREADCRUMB_VALUES is a list such as depth=5"));
  }
  expect(() => valuesOf("depth=17", "--values")).toThrow(
    refused("--values: depth is a whole number from 1 to 16; got 17"),
  );
  expect(() => valueLimits({ bytes: 100 })).toThrow(refused('Option "values.bytes" is a whole'));
  expect(() => valueLimits({ this: 1 } as never)).toThrow(refused("is true or false; got 1"));
  expect(() => valueLimits({ deep: 1 } as never)).toThrow(refused('Unknown option "values.deep"'));
  expect(() => valueLimits([] as never)).toThrow(refused('Option "values" is an object'));
});
