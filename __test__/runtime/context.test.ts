import { AsyncLocalStorage } from "node:async_hooks";
import { setImmediate as immediate } from "node:timers/promises";
import { inspect } from "node:util";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { fake, startFake } from "./support/fake-native";
import { readRing } from "./support/read-ring";

vi.mock("../../ts/native/load", async () => import("./support/fake-native"));
const { probes } = await import("../../ts/runtime/probes");
const { beginRequest, enterRequest, installContexts } = await import("../../ts/runtime/context");
const { modes } = await import("../../ts/runtime/writer");
const layout = await import("../../ts/native/layout");

/** A call of function `id` around `body`. */
function call<T>(id: number, body: () => T): T {
  const f = probes.e0(id);
  const result = body();
  probes.x(f, 1, undefined);
  return result;
}

/** Records as `ENTER id`, with the distance that a CONTEXT behind it tells. */
function entered(): string[] {
  const lines: string[] = [];
  for (const { kind, hi, values } of readRing(fake.memory)) {
    if (kind === "ENTER") lines.push(String(hi));
    if (kind === "CONTEXT") lines.push(`${lines.pop()} of ${String(values[0])} before`);
  }
  return lines;
}

/**
 * Runs out of every context, as native code does, until its timers have fired, and those that they set:
 * each of these is due before one of ours that is set later and for longer, however slow the machine.
 */
function outside(body: () => void): Promise<void> {
  const afterTimers = (levels: number, then: () => void): void => {
    setTimeout(() => (levels > 1 ? afterTimers(levels - 1, then) : then()), 5);
  };
  return new Promise((resolve) => {
    root(() => {
      body();
      afterTimers(3, resolve);
    });
  });
}
const root = AsyncLocalStorage.snapshot();

beforeEach(() => {
  startFake();
  modes.fill(layout.MODE_VALUES, 0, 100);
  installContexts();
});

describe("a context", () => {
  it("says of a callback how many calls earlier the root of its trace began", async () => {
    await outside(() => {
      call(1, () => {
        call(2, () => setTimeout(() => call(5, () => call(6, () => {})), 1));
        call(3, () => process.nextTick(() => call(4, () => {})));
      });
    });
    expect(entered()).toEqual(["1", "2", "3", "4 of 3 before", "5 of 4 before", "6"]);
  });

  it("is of its root alone, and not of what is called behind it", async () => {
    await outside(() => {
      call(1, () => queueMicrotask(() => call(3, () => {})));
      call(2, () => queueMicrotask(() => call(4, () => {})));
      queueMicrotask(() => call(5, () => {}));
    });
    expect(entered()).toEqual(["1", "2", "3 of 2 before", "4 of 2 before", "5"]);
  });

  it("is that of a root again when it runs again", async () => {
    await outside(() => {
      const f = probes.e0(1);
      void (async () => {
        probes.r(f, await probes.s(f, immediate()));
        setTimeout(() => call(3, () => {}), 1);
        probes.x(f, 1, undefined);
      })();
      call(2, () => {});
    });
    expect(entered()).toEqual(["1", "2", "3 of 2 before"]);
  });

  it("leaves the program's own", async () => {
    const storage = new AsyncLocalStorage();
    const seen: unknown[] = [];
    await outside(() => {
      storage.enterWith("before");
      call(1, () => {
        seen.push(storage.getStore());
        storage.enterWith("inside");
        setTimeout(() => call(2, () => seen.push(storage.getStore())), 1);
      });
      seen.push(storage.getStore());
      setTimeout(() => call(3, () => seen.push(storage.getStore())), 2);
    });
    expect(seen).toEqual(["before", "inside", "inside", "inside"]);
    expect(entered()).toEqual(["1", "2 of 1 before", "3"]);
  });

  it("of a request has the first call for its root", async () => {
    await outside(() => {
      setTimeout(() => {
        const request = beginRequest();
        call(1, () => {});
        call(2, () => {});
        setTimeout(() => enterRequest(request!) && call(3, () => {}), 1);
      });
    });
    expect(entered()).toEqual(["1", "2 of 1 before", "3 of 2 before"]);
    expect(call(4, () => beginRequest())).toBeUndefined();
  });

  it("of an earlier session begins anew", async () => {
    await outside(() => {
      call(1, () => {
        setTimeout(() => {
          startFake();
          call(2, () => {});
        }, 1);
        setTimeout(() => call(3, () => {}), 3);
      });
    });
    expect(entered()).toEqual(["2", "3 of 1 before"]);
  });

  it("does not show in what holds it", async () => {
    const storage = new AsyncLocalStorage();
    let shown: string[] = [];
    await outside(() => {
      call(1, () => {
        shown = [inspect(setImmediate(() => {}))];
        storage.run("mine", () => shown.push(inspect(setImmediate(() => {}))));
      });
    });
    expect(shown[0]).toContain("Symbol(kAsyncContextFrame): undefined");
    expect(shown[1]).toContain("AsyncContextFrame(1) [Map] { AsyncLocalStorage {} => 'mine' }");
  });
});
