import { describe, expect, it } from "vitest";
import { closedOver } from "../../ts/runtime/node-internals";

/** A function, and what it closes over. */
function closure(): { read: () => unknown; secret: object } {
  const secret = { only: "here" };
  return { read: () => secret, secret };
}

describe("closedOver", () => {
  it("gives the very objects that a function closes over", () => {
    const { read, secret } = closure();
    expect(closedOver(read, ["secret", "absent"])).toEqual({ secret });
    expect(closedOver(read, ["secret"])["secret"]).toBe(secret);
  });

  it("gives nothing for what closes over nothing, and leaves nothing behind", () => {
    const before = Reflect.ownKeys(globalThis);
    for (const value of [undefined, 1, {}, Math.max]) expect(closedOver(value, ["a"])).toEqual({});
    expect(Reflect.ownKeys(globalThis)).toEqual(before);
  });
});
