/**
 * The files in which functions are: `["src/cart.js:total", "npm:express:handle"]` → `["src/cart.js", "npm:express"]`.
 *
 * Limits: as `FunctionPatterns` of the addon splits them.
 */

/** Patterns of files; null for the project's own, where a pattern names none (`:checkout`). */
export function fileParts(patterns: readonly string[]): string[] | null {
  const files: string[] = [];
  for (const pattern of patterns) {
    const [, head = "", rest = ""] = /^(!?(?:npm:)?)(.*)$/s.exec(pattern) ?? [];
    const at = rest.lastIndexOf(":");
    // What leaves out functions leaves out no files.
    if (at >= 0 && head.startsWith("!")) continue;
    const file = head + (at < 0 ? rest : rest.slice(0, at));
    if (file === "") return null;
    files.push(file);
  }
  return [...new Set(files)];
}
