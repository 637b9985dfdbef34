/**
 * Loads `core`, which needs the addon, at the moment it is asked for: whoever imports the package
 * on a platform without an addon gets an error that can be caught.
 */
import { createRequire } from "node:module";
import type * as Core from "./core";

/** Where the process's realm keeps it: this package may be loaded twice, the core never. */
const CORE = Symbol.for("breadcrumb-tracer.core");

/**
 * The one core of this thread. Throws BC_ERR_NO_ADDON.
 *
 * Its files are taken out of `require.cache`, which belongs to the program.
 */
export function loadCore(): typeof Core {
  const realm = globalThis as unknown as Record<symbol, typeof Core | undefined>;
  const known = realm[CORE];
  if (known !== undefined) return known;
  const require = createRequire(__filename);
  const before = new Set(Object.keys(require.cache));
  try {
    const core = require("./core.js") as typeof Core;
    Object.defineProperty(realm, CORE, { value: core });
    return core;
  } finally {
    for (const file of Object.keys(require.cache)) {
      if (!before.has(file)) delete require.cache[file];
    }
  }
}
