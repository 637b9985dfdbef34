import { expect, test } from "vitest";
import { allCommands } from "../../ts/cli/all-commands";
import { parseArguments, texts } from "../../ts/cli/arguments";
import type { CommandDescription } from "../../ts/cli/command";

const spec = (name: string) => allCommands().find((one) => one.name === name) as CommandDescription;
const LISTS = [
  ["start", "include"],
  ["search", "in"],
  ["prune", "run"],
  ["prune", "pin"],
  ["prune", "unpin"],
  ["init", "agent"],
] as const;

test.each(LISTS)("%s --%s is a list: given more than once, or with commas", (name, option) => {
  const needed = Array.from({ length: spec(name).positionals[0] }, () => "x");
  const given = (...argv: string[]) =>
    texts(parseArguments(spec(name), [...needed, ...argv]).values, option);
  expect(given()).toBeUndefined();
  expect(given(`--${option}`, "a", `--${option}`, "b, c")).toEqual(["a", "b", "c"]);
  expect(given(`--${option}=a,`)).toEqual(["a"]);
  expect(() => given(`--${option}`, ",")).toThrow(`--${option} lists`);
});
