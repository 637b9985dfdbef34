import { expect, test } from "vitest";
import { rootRules } from "../../ts/options/keep-when";
import { dumpRequest, keepOf, keepRules } from "../../ts/options/keep";
import { normalize } from "../../ts/options/normalize";
import type { StartOptions } from "../../ts/options/options";

const NONE = {
  errors: false,
  slowNs: null,
  share: null,
  perSecond: null,
  slowestPerMinute: null,
  roots: [],
  when: [],
  lastNs: 0,
  memory: 16 * 2 ** 20,
};

test("a text, options and a share say the same", () => {
  const text =
    "errors, slow>200ms, 1%, 10/s, slowest=5/min, root=src/pay.js:charge, root=:refund, when function=handle* and duration>50ms, last=30s, memory=64MB";
  const options = {
    errors: true,
    slow: 200,
    share: 0.01,
    perSecond: 10,
    slowestPerMinute: 5,
    roots: ["src/pay.js:charge", ":refund"],
    when: [{ function: "handle*", minDurationMs: 50 }],
    last: "30s",
    memory: 64_000_000,
  };
  const rules = {
    errors: true,
    slowNs: 200_000_000,
    share: 0.01,
    perSecond: 10,
    slowestPerMinute: 5,
    roots: ["src/pay.js:charge", ":refund"],
    when: rootRules([{ function: "handle*", minDurationMs: 50 }], "when"),
    lastNs: 30_000_000_000,
    memory: 64_000_000,
  };
  expect(keepRules(text)).toEqual(rules);
  expect(keepRules(options)).toEqual(rules);
  expect(keepRules(0.25)).toEqual({ ...NONE, share: 0.25 });
  for (const slow of ["slow>=2s", "slow=2s", "slow > 2s"]) {
    expect(keepRules(slow)).toEqual({ ...NONE, slowNs: 2e9 });
  }
});

test("all is no rule, none is one that keeps nothing", () => {
  expect(keepRules(undefined)).toBeNull();
  expect(keepRules("all")).toBeNull();
  expect(keepRules("none")).toEqual(NONE);
  expect(keepRules("none,last=1m")).toEqual({ ...NONE, lastNs: 6e10 });
  expect(keepRules({})).toEqual(NONE);
});

test("what is none is refused, with what it may be", () => {
  for (const text of ["", "error", "slow", "slow<2s", "5", "%", "slowest=x", "errors,all"]) {
    expect(() => keepOf(text)).toThrow("BREADCRUMB_KEEP is all, none, or some of errors,");
  }
  const wrong: readonly (readonly [never, string])[] = [
    [["errors"] as never, "an object of errors, slow"],
    [{ error: true } as never, 'has no "error": did you mean "errors"?'],
    [{ frobnicate: 1 } as never, 'has no "frobnicate"; it has errors,'],
    [{ errors: 1 } as never, "errors is true or false; got 1"],
    [{ slow: "soon" } as never, '"soon"'],
    [{ slow: 0 } as never, "slow is a time such as"],
    [1.5 as never, "share is a share from 0 to 1"],
    [{ perSecond: 0.5 } as never, "perSecond is a whole number"],
    [{ roots: "x" } as never, "roots is a list of patterns"],
    [{ memory: "1kB" } as never, "memory is a size from 64KiB to 4GiB"],
  ];
  for (const [keep, message] of wrong) expect(() => keepRules(keep)).toThrow(message);
});

test("options come before the environment, and that before the configuration", () => {
  const at = (options: StartOptions, env: Record<string, string>) =>
    normalize(options, {
      cwd: "/",
      env,
      main: undefined,
      ownFolder: "/own",
      argv: [],
      all: false,
      config: { values: { keep: "1%" }, folder: null },
    }).keep;
  const env = { BREADCRUMB_KEEP: "errors" };
  expect(at({}, {})).toEqual({ ...NONE, share: 0.01 });
  expect(at({}, env)).toEqual({ ...NONE, errors: true });
  expect(at({ keep: "all" }, env)).toBeNull();
});

test("what a dump asks for", () => {
  expect(dumpRequest()).toEqual({ lastMs: null });
  expect(dumpRequest({ last: "10s" })).toEqual({ lastMs: 10_000 });
  expect(() => dumpRequest({ lst: 1 } as never)).toThrow(
    'Unknown option "lst"; the option is last',
  );
  expect(() => dumpRequest({ last: "x" }, "--last")).toThrow("--last is a time such as");
});
