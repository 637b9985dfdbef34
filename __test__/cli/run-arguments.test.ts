import { describe, expect, it } from "vitest";
import { parseRunArguments } from "../../ts/cli/run-arguments";

describe("parseRunArguments", () => {
  it("takes its own options up to the command, and none behind it", () => {
    const args = parseRunArguments([
      "--all",
      "--include=src/**,npm:x",
      "--include",
      "lib/**",
      "--timeout",
      "500ms",
      "node",
      "app.js",
      "--all",
      "--timeout",
      "5",
    ]);
    expect(args).toMatchObject({
      all: true,
      include: ["src/**", "npm:x", "lib/**"],
      timeoutMs: 500,
      command: ["node", "app.js", "--all", "--timeout", "5"],
    });
  });

  it("leaves everything behind -- to the command", () => {
    expect(parseRunArguments(["--quiet", "--", "--odd", "-x"]).command).toEqual(["--odd", "-x"]);
  });

  it("knows --no-children", () => {
    expect(parseRunArguments(["--no-children", "node"])["no-children"]).toBe(true);
    expect(parseRunArguments(["node", "--no-children"])["no-children"]).toBe(false);
  });

  it("knows --lines", () => {
    expect(parseRunArguments(["--lines", "node"]).lines).toBe(true);
    expect(parseRunArguments(["node", "--lines"]).lines).toBe(false);
  });

  it("knows --edges", () => {
    expect(parseRunArguments(["--edges", "all", "node"]).edges).toBe(true);
    expect(parseRunArguments(["--edges=sql, http", "node"]).edges).toEqual(["sql", "http"]);
    expect(parseRunArguments(["node"]).edges).toBeUndefined();
    expect(() => parseRunArguments(["--edges", "ftp", "node"])).toThrow(
      '--edges is all, none or some of http, sql; got "ftp"',
    );
  });

  it("knows --no-propagate", () => {
    expect(parseRunArguments(["--no-propagate", "node"])["no-propagate"]).toBe(true);
    expect(parseRunArguments(["node"])["no-propagate"]).toBe(false);
  });

  it("knows --variables", () => {
    expect(parseRunArguments(["--variables", "node"]).variables).toBe(true);
    expect(parseRunArguments(["node", "--variables"]).variables).toBe(false);
  });

  it("knows the name of a launch", () => {
    expect(parseRunArguments(["--launch", "nightly-7", "node"]).launch).toBe("nightly-7");
    expect(() => parseRunArguments(["--launch=a/b", "node"])).toThrow(/up to 64 letters/);
  });

  it("knows the clock and what becomes of leaves", () => {
    const words = ["--clock", "exact", "--leaves=skip", "--leaf-size", "80", "node"];
    expect(parseRunArguments(words)).toMatchObject({
      clock: "exact",
      leaves: "skip",
      leafSize: 80,
    });
    expect(() => parseRunArguments(["--clock=wall", "x"])).toThrow(/one of auto, coarse, exact/);
    expect(() => parseRunArguments(["--leaf-size=0", "x"])).toThrow(/--leaf-size must be a number/);
  });

  it("says what is wrong", () => {
    expect(() => parseRunArguments([])).toThrow(/no command was given/);
    expect(() => parseRunArguments(["--incldue", "x", "node"])).toThrow(
      /unknown option --incldue: did you mean --include\?/,
    );
    expect(() => parseRunArguments(["--timeout", "soon", "node"])).toThrow(/must be a time/);
    expect(() => parseRunArguments(["--timeout"])).toThrow(/needs a value/);
    expect(() => parseRunArguments(["--overflow", "degrade", "x"])).toThrow(/one of block, drop/);
    expect(() => parseRunArguments(["--all=1", "x"])).toThrow(/takes no value/);
  });
});
