import { describe, expect, it, vi } from "vitest";

vi.mock("../../ts/native/load", async () => import("../runtime/support/fake-native"));
const { putBack, replace } = await import("../../ts/edges/replaced");

class Base {
  close(how: string): string {
    return `closed ${how}`;
  }
}
class Socket extends Base {}

/** What stands there. */
function own(): PropertyDescriptor {
  return Object.getOwnPropertyDescriptor(Base.prototype, "close") ?? {};
}

/** Puts a method in place that says so. */
function louder(object: object) {
  return replace(object, "close", (original) => ({
    close(this: unknown, ...args: unknown[]): string {
      return `loudly ${Reflect.apply(original, this, args)}`;
    },
  }));
}

describe("a method that is replaced", () => {
  it("looks as before, stands where the original stood, and goes again", () => {
    const original: unknown = own().value;
    const socket = new Socket();
    const replaced = louder(socket);
    expect(socket.close("now")).toBe("loudly closed now");
    expect(replaced?.holder).toBe(Base.prototype);
    expect(Object.hasOwn(Socket.prototype, "close")).toBe(false);
    const made = own().value as () => void;
    expect([made.name, made.length]).toEqual(["close", 1]);
    expect(own()).toMatchObject({ configurable: true, enumerable: false, writable: true });
    expect(replaced && putBack(replaced)).toBe(true);
    expect(own().value).toBe(original);
  });

  it("is let alone where the program has put its own around it", () => {
    const object = { close: () => "closed" };
    const replaced = louder(object);
    const ours = object.close;
    object.close = () => `twice ${ours()}`;
    expect(replaced && putBack(replaced)).toBe(false);
    expect(object.close()).toBe("twice loudly closed");
  });

  it("is none where there is no such method, or the object is closed", () => {
    expect(louder({})).toBeUndefined();
    expect(louder({ close: 1 })).toBeUndefined();
    const closed = Object.freeze({ close: () => "closed" });
    expect(louder(closed)).toBeUndefined();
    expect(closed.close()).toBe("closed");
  });
});
