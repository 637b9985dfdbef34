import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { AGENT_NAMES } from "../../../ts/cli/agents/agents";
import { INSTRUCTIONS, NAME, pluginFiles, SKILL } from "../../../ts/cli/agents/texts";
import { allCommands } from "../../../ts/cli/all-commands";
import { optionsOf } from "../../../ts/cli/shared-options";
import { TOOLS } from "../../../ts/mcp/tools";
import { packageRoot } from "../../support/program";

test("what agents are told to use is there", () => {
  const tools = new Set(TOOLS.map(({ name }) => name));
  const told = [...SKILL.matchAll(/`([a-z]+_[a-z_]+)`/g)].map(([, name = ""]) => name);
  expect(told.filter((name) => !tools.has(name))).toEqual([]);
  // `wait_for` is of use beside the skill's way only.
  expect([...tools].filter((name) => !SKILL.includes(name))).toEqual(["wait_for"]);

  const commands = new Map(allCommands().map((command) => [command.name, command]));
  for (const [line, name = "", rest = ""] of `${SKILL}${INSTRUCTIONS}`.matchAll(
    /npx breadcrumb ([a-z]+)([^`\n#]*)/g,
  )) {
    const command = commands.get(name);
    if (!command) throw new Error(`there is no ${line}`);
    for (const [option] of rest.replace(/ -- .*/s, "").matchAll(/(?<=--)[a-z-]+/g)) {
      expect(Object.keys(optionsOf(command)), line).toContain(option);
    }
  }
});

test("the skill opens with what a client lists", () => {
  const [, head = ""] = /^---\n([\s\S]*?)\n---\n/.exec(SKILL) ?? [];
  const about = parse(head) as Record<string, unknown>;
  expect(about).toEqual({ name: NAME, description: expect.stringMatching(/^Find .* tell why\.$/) });
  expect(head.length).toBeLessThan(1024);
});

test("the plugin folder is of these texts", () => {
  for (const [file, text] of Object.entries(pluginFiles())) {
    expect(readFileSync(join(packageRoot, "plugin", file), "utf8"), file).toBe(text);
  }
});

test("the command knows the agents that there are", () => {
  const init = allCommands().find(({ name }) => name === "init");
  expect(init?.options["agent"]?.words).toEqual(AGENT_NAMES);
});
