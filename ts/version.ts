/**
 * The package's version: `version()` → `"0.1.0"`.
 */
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** From the nearest package.json of its name, above dist/ or ts/. */
export function version(): string {
  for (let folder = __dirname; ; folder = dirname(folder)) {
    try {
      const { name, version: found } = JSON.parse(
        readFileSync(join(folder, "package.json"), "utf8"),
      ) as Record<string, string>;
      if (name === "breadcrumb-tracer") return found ?? "0";
    } catch {
      // Not here: one further up.
    }
    if (dirname(folder) === folder) return "0";
  }
}
