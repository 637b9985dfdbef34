import { expect, test } from "vitest";
import { checkConfig } from "../../ts/options/check-config";

test("a configuration that is one comes back", () => {
  const config = {
    $schema: "x",
    include: ["src/**"],
    all: false,
    mode: "time",
    retention: { maxAge: "7d" },
    redact: { also: ["email"], hash: true },
    maxCalls: 10,
    timeout: "30s",
    profiles: { test: { retention: false, redact: false }, mine: {} },
  };
  expect(checkConfig(config, "c.json")).toEqual(config);
});

test.each([
  [{ inclde: [] }, 'c.json: unknown option "inclde": did you mean "include"?'],
  [{ profile: {} }, 'unknown option "profile": did you mean "profiles"?'],
  [{ frobnicate: 1 }, 'unknown option "frobnicate"; the options are include, exclude'],
  [{ constructor: 1 }, 'unknown option "constructor"'],
  [
    { profiles: { test: { mod: "time" } } },
    'profile "test": unknown option "mod": did you mean "mode"?',
  ],
  [{ profiles: { test: { profiles: {} } } }, 'unknown option "profiles"'],
  [{ profiles: [] }, '"profiles" is an object of options; got a list'],
  [{ include: "src" }, '"include" is a list of patterns, such as ["src/**"]; got "src"'],
  [{ all: "yes" }, '"all" is true or false; got "yes"'],
  [{ mode: "all" }, '"mode" is one of values, time, count, dormant; got "all"'],
  [{ maxCalls: 0 }, '"maxCalls" is a positive integer; got 0'],
  [{ timeout: "soon" }, '"timeout" is a time such as 500ms, 30s, 5m; got "soon"'],
  [{ retention: { maxAge: "soon" } }, '"retention.maxAge" is a time such as 30d'],
  [{ retention: { age: "1d" } }, 'Unknown option "retention.age"'],
  [{ redact: { also: ["emial"] } }, 'c.json: "redact": "also" knows no rule "emial": did you'],
  [{ redact: true }, 'c.json: "redact" must be an object or false; got true'],
  [{ redact: [] }, 'c.json: "redact" must be an object or false; got []'],
  [{ retention: [] }, '"retention" is an object of limits, or false; got a list'],
  [{ values: [] }, '"values" is an object of depth'],
  [{ $schema: 1 }, '"$schema" is a text'],
  [null, "c.json is an object of options; got null"],
  [[], "c.json is an object of options; got a list"],
])("%j is none", (config, message) => {
  expect(() => checkConfig(config, "c.json")).toThrow(message);
  expect(() => checkConfig(config, "c.json")).toThrow(
    expect.objectContaining({ code: "BC_ERR_BAD_OPTION" }),
  );
});
