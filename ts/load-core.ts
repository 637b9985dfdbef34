/**
 * Loads `core`, which needs the addon, at the moment it is asked for: whoever imports the package
 * on a platform without an addon gets an error that can be caught.
 */
import { createRequire } from "node:module";
import type * as Core from "./core";

/** The one core of this thread. Throws BC_ERR_NO_ADDON. */
export function loadCore(): typeof Core {
  return createRequire(__filename)("./core.js") as typeof Core;
}
