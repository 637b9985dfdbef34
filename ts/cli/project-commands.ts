/**
 * Commands about the project and the shell: configuration, completion.
 *
 * Limits: help and options only; a command's code is imported when it runs.
 */
import type { ProjectCommandSpec } from "./command";

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
  load: async () => (await import("./completion")).completion,
};

/** See the file. */
export const PROJECT_COMMANDS: readonly ProjectCommandSpec[] = [COMPLETION];
