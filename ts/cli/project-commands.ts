/**
 * Commands that need no store: about the project and the shell, and about processes that run.
 *
 * Limits: help and options only; a command's code is imported when it runs.
 */
import type { ProjectCommandSpec } from "./command";
import { LIVE_COMMANDS } from "./live-commands";

const INIT: ProjectCommandSpec = {
  name: "init",
  usage: "[options]",
  summary: "write a configuration file, the store's entry in .gitignore, and set up agents",
  about:
    "Shows what it would change, and on a terminal asks. What is there is left as it is: again, it does nothing.\nFor an agent: the entry of the MCP server, a skill, and a short block in CLAUDE.md or AGENTS.md.",
  options: {
    agent: {
      value: "names",
      words: ["claude", "cursor", "vscode", "codex"],
      many: true,
      help: "set up claude, cursor, vscode or codex; repeated, or commas",
    },
    remove: { help: "take away what was written for --agent, and nothing else" },
    format: {
      value: "format",
      words: ["json", "ts", "mjs", "cjs"],
      help: "of the configuration: json (default), ts, mjs or cjs",
    },
    "dry-run": { help: "only show" },
    yes: { short: "y", help: "do not ask" },
  },
  examples: [
    ["breadcrumb init --dry-run", "what it would add"],
    ["breadcrumb init --format mjs --yes", "a configuration that is code"],
    ["breadcrumb init --agent claude,codex", "for Claude Code and Codex, too"],
    ["breadcrumb init --agent codex --remove", "Codex's, back"],
  ],
  positionals: [0, 0],
  isStoreless: true,
  json: "`{ changes: [{ file, isNew, isRemoved, added, removed }], written }`",
  load: async () => (await import("./init")).init,
};

const CONFIG: ProjectCommandSpec = {
  name: "config",
  usage: "[set|unset] [option] [value] [options]",
  summary: "what holds here and who said it; set and unset values",
  about:
    "Flags come before the environment, then the profile, the file, and what is standard. Files that are code\nare changed by hand.",
  options: {
    profile: { value: "name", help: "show, or change, this profile" },
  },
  examples: [
    ["breadcrumb config", "each value with its origin"],
    [
      "breadcrumb config set exclude 'src/generated/**'",
      "a list: commas between, or several words",
    ],
    ["breadcrumb config set mode time --profile production", "in a profile"],
    ["breadcrumb config unset mode --profile production", ""],
  ],
  positionals: [0, Number.POSITIVE_INFINITY],
  isStoreless: true,
  json: "`{ file, profile, profiles, values: { <option>: { value, origin } } }`; of a change `{ file, profile, name, before, after }`",
  load: async () => (await import("./config")).config,
};

const COMPLETION: ProjectCommandSpec = {
  name: "completion",
  usage: "<shell>",
  summary: "print what completes this command line in your shell",
  about:
    "<shell> is bash, zsh or fish. Completed are commands, their options, and the words that an option takes.",
  options: {},
  examples: [
    ["source <(breadcrumb completion bash)", "in ~/.bashrc"],
    ["source <(breadcrumb completion zsh)", "in ~/.zshrc, after compinit"],
    ["breadcrumb completion fish | source", "in ~/.config/fish/config.fish"],
  ],
  positionals: [1, 1],
  isStoreless: true,
  load: async () => (await import("./completion")).completion,
};

const RECOVER: ProjectCommandSpec = {
  name: "recover",
  usage: "[options]",
  summary: "store what killed processes left in memory",
  about: "The next recording does it by itself.",
  options: {},
  examples: [["breadcrumb recover", "of this machine"]],
  positionals: [0, 0],
  isStoreless: true,
  json: "`{ runs }`",
  load: async () => (await import("./recover")).recover,
};

/** See the file. */
export const PROJECT_COMMANDS: readonly ProjectCommandSpec[] = [
  INIT,
  CONFIG,
  COMPLETION,
  RECOVER,
  ...LIVE_COMMANDS,
];
