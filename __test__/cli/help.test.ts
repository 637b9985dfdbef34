import { expect, test } from "vitest";
import { allCommands } from "../../ts/cli/all-commands";
import { commandHelp, mainHelp, optionText } from "../../ts/cli/help";
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

test("the help of all names every command", () => {
  for (const { name } of allCommands())
    expect(mainHelp("1")).toMatch(new RegExp(`^  ${name}\\b`, "m"));
});
