import { createContext, runInContext, runInThisContext } from "node:vm";
import { describe, expect, it } from "vitest";
import { declareConstant } from "../../ts/runtime/script-constant";

describe("declareConstant", () => {
  it("can be named everywhere in the realm, and is in no list of the global object", () => {
    declareConstant("$tried", 7);
    expect(runInThisContext("$tried + 1")).toBe(8);
    expect(Reflect.ownKeys(globalThis)).not.toContain("$tried");
  });

  it("goes into another realm alone", () => {
    const context = createContext({});
    declareConstant("$other", "x", { global: runInContext("globalThis", context), context });
    expect(runInContext("$other", context)).toBe("x");
    expect(runInContext("Object.getOwnPropertyNames(globalThis).includes('$other')", context)).toBe(
      false,
    );
    expect(runInThisContext("typeof $other")).toBe("undefined");
    expect(() => {
      declareConstant("$other", "y", { global: runInContext("globalThis", context), context });
    }).toThrow(/already been declared/);
  });
});
