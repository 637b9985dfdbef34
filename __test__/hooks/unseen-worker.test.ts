import { describe, expect, it } from "vitest";
import { startUnseen } from "../../ts/hooks/unseen-worker";

/** Once the ticks that are asked for now have run. */
function ticked(): Promise<void> {
  return new Promise((resolve) => {
    process.nextTick(resolve);
  });
}

describe("startUnseen", () => {
  it("runs the ticks at once, and says `worker` when it is asked to", async () => {
    const told: string[] = [];
    const note = (): void => void told.push("worker");
    process.on("worker", note);
    const tell = startUnseen(() => {
      process.nextTick((text: string) => void told.push(text), "tick");
      process.nextTick(() => void process.emit("worker", undefined as never));
    });
    expect(told).toEqual(["tick"]);
    tell();
    tell();
    await ticked();
    expect(told).toEqual(["tick", "worker"]);
    process.off("worker", note);
  });

  it("leaves the ticks to Node where the start fails", async () => {
    const told: string[] = [];
    const start = (): never => {
      process.nextTick((text: string) => void told.push(text), "tick");
      throw new Error("no thread");
    };
    expect(() => startUnseen(start)).toThrow("no thread");
    await ticked();
    expect(told).toEqual(["tick"]);
  });

  it("leaves those behind a tick that fails to Node", async () => {
    const told: string[] = [];
    const start = (): void => {
      process.nextTick(() => {
        throw new Error("no tick");
      });
      process.nextTick((text: string) => void told.push(text), "behind");
    };
    expect(() => startUnseen(start)).toThrow("no tick");
    await ticked();
    expect(told).toEqual(["behind"]);
  });
});
