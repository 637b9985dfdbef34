import { expect, test } from "vitest";
import { type DumpSignal, dumpSignal, dumpSignalOf } from "../../ts/options/dump-signal";

test("a signal by its name, or none", () => {
  expect(dumpSignal(undefined)).toBeNull();
  expect(dumpSignal("off")).toBeNull();
  expect(dumpSignal("SIGUSR2", "it", "linux")).toBe("SIGUSR2");
  expect(dumpSignalOf("off", "--dump-signal")).toBe("off");
});

test("others are refused, with the reason or the nearest name", () => {
  const of = (given: unknown) => () => dumpSignal(given as DumpSignal, "--dump-signal", "linux");
  const words = "--dump-signal must be one of off, SIGUSR2, SIGHUP, SIGQUIT, SIGALRM; ";
  expect(of("SIGUSR1")).toThrow(`${words}SIGUSR1 is Node's own: it starts the inspector`);
  expect(of("SIGKILL")).toThrow(`${words}SIGKILL cannot be handled`);
  expect(of("SIGSTOP")).toThrow(`${words}SIGSTOP cannot be handled`);
  expect(of("usr2")).toThrow(`${words}got usr2: did you mean SIGUSR2?`);
  expect(of("SIGQUT")).toThrow(`${words}got SIGQUT: did you mean SIGQUIT?`);
  expect(of("SIGCLOUD")).toThrow(/got SIGCLOUD$/);
  expect(of(12)).toThrow(`${words}got 12`);
  expect(() => dumpSignal("SIGUSR2", "--dump-signal", "win32")).toThrow(
    "--dump-signal: there are no signals on Windows; use dump()",
  );
});
