import { PassThrough } from "node:stream";
import { describe, expect, it, vi } from "vitest";
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

  it("lays no pipe to an output before it is asked to, and passes on what comes", async () => {
    const source = new PassThrough();
    const pipes = (): number => process.stdout.listenerCount("unpipe");
    const before = pipes();
    const written = vi.spyOn(process.stdout, "write").mockReturnValue(true);
    const tell = startUnseen(() => void source.pipe(process.stdout));
    expect(pipes()).toBe(before);
    source.write("early");
    await vi.waitFor(() =>
      expect(written.mock.calls.map(([text]) => String(text))).toEqual(["early"]),
    );
    tell();
    expect(pipes()).toBe(before + 1);
    source.write("late");
    await vi.waitFor(() =>
      expect(written.mock.calls.map(([text]) => String(text))).toContain("late"),
    );
    source.unpipe();
    written.mockRestore();
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
