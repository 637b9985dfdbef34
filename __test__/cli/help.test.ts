import { expect, test } from "vitest";
import { allCommands, commandGroups } from "../../ts/cli/all-commands";
import { commandHelp, fitHelp, mainHelp, optionText } from "../../ts/cli/help";
import { optionsOf } from "../../ts/cli/shared-options";

test.each(allCommands().map((command) => [command.name, command] as const))(
  "%s: every option stands apart from what it does",
  (_, command) => {
    const lines = commandHelp(command).split("\n");
    for (const [name, option] of Object.entries(optionsOf(command))) {
      const text = optionText(name, option);
      const at = lines.findIndex((line) => line === `  ${text}` || line.startsWith(`  ${text}  `));
      expect(at, text).toBeGreaterThan(0);
      // Behind it, or on the next line where it is too long, in the column of all others.
      const line = lines[at]?.trimEnd() === `  ${text}` ? lines[at + 1] : lines[at];
      expect(line?.indexOf(option.help)).toBe(24);
    }
  },
);

test("every command stands in the group that it is of", () => {
  const grouped = commandGroups().map(({ title, commands }) => [
    title,
    commands.map(({ name }) => name).join(" "),
  ]);
  expect(Object.fromEntries(grouped)).toMatchObject({
    Record: "run",
    Live: "attach status start stop dump",
    "Set up": "init config completion",
  });
});

test("the help of all names every command", () => {
  for (const { name } of allCommands())
    expect(mainHelp("1")).toMatch(new RegExp(`^  ${name}\\b`, "m"));
});

test.each([40, 60, 80])("fits %i columns, and says the same", (columns) => {
  for (const help of [mainHelp("1"), ...allCommands().map(commandHelp)]) {
    const fitted = fitHelp(help, columns);
    const words = (text: string) => text.split(/\s+/);
    expect(words(fitted)).toEqual(words(help));
    // A command that is to be copied, and a long word, stay whole.
    const long = fitted.split("\n").filter((line) => line.length > columns);
    for (const line of long) expect(line).toMatch(/^ *(?:breadcrumb |claude |\S+$)/);
  }
});

test("what goes on stands in its column, or set in where that leaves no room", () => {
  const help = "Options\n  --name <n>  one two three four\n";
  expect(fitHelp(help, 30)).toBe("Options\n  --name <n>  one two three\n              four\n");
  expect(fitHelp(help, 20)).toBe("Options\n  --name <n>\n      one two three\n      four\n");
  expect(fitHelp(help, Number.POSITIVE_INFINITY)).toBe(help);
});
