/**
 * Which commands `record` may run: patterns over the words of a command.
 *
 *     parseAllowed("npm test **")                          // ["npm", "test", "**"]
 *     isAllowed([["npm", "test", "**"]], ["npm", "test", "--", "cart"])   // true
 *
 * A word of a pattern stands for itself, `*` in it for any characters but `/`, and `**` at the end for
 * any further words. Words are compared as they are: there is no shell that could read more into them.
 */

/** The pattern of a text: its words. */
export function parseAllowed(text: string): string[] {
  return text.split(/\s+/).filter((word) => word !== "");
}

/** Whether one of the patterns allows the command. */
export function isAllowed(
  patterns: readonly (readonly string[])[],
  command: readonly string[],
): boolean {
  return patterns.some((pattern) => matches(pattern, command));
}

function matches(pattern: readonly string[], command: readonly string[]): boolean {
  const open = pattern.at(-1) === "**";
  const words = open ? pattern.slice(0, -1) : pattern;
  if (words.length === 0 || command.length < words.length) return false;
  if (!open && command.length !== words.length) return false;
  return words.every((word, i) => matchesWord(word, command[i] as string));
}

function matchesWord(pattern: string, word: string): boolean {
  const parts = pattern
    .split("*")
    .map((part) => part.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, String.raw`\$&`));
  // A path that leads upwards is none that a pattern with * meant.
  if (parts.length > 1 && word.split("/").includes("..")) return false;
  return new RegExp(`^${parts.join("[^/]*")}$`, "su").test(word);
}
