/**
 * Finds and loads the addon: `breadcrumb-tracer.<platform>.node` beside this package's root (as
 * `npm run build` leaves it), else the package `breadcrumb-tracer-<platform>`.
 *
 * Limits: loading this module throws BC_ERR_NO_ADDON where there is none; whoever must not fail
 * loads it lazily.
 */
import { createRequire } from "node:module";
import { join } from "node:path";
import { BreadcrumbError } from "../errors";
import type { Native } from "./native";

/** Node's code for an addon that it is told not to load. */
const DISABLED = "ERR_DLOPEN_DISABLED";

/** What this platform may be as `@napi-rs/cli` says it, the likeliest first: `linux-x64-gnu`, `darwin-arm64`. */
export function platformNames(): string[] {
  const { platform, arch } = process;
  if (platform === "win32") return [`${platform}-${arch}-msvc`];
  // Which libc there is would be told by a report, in 3 ms; an addon for the other does not load.
  if (platform === "linux") return [`linux-${arch}-gnu`, `linux-${arch}-musl`];
  return [`${platform}-${arch}`];
}

function load(): Native {
  const names = platformNames();
  const require = createRequire(__filename);
  const places = names.flatMap((name) => [
    join(__dirname, "..", `breadcrumb-tracer.${name}.node`),
    `breadcrumb-tracer-${name}`,
  ]);
  const causes: unknown[] = [];
  for (const place of places) {
    try {
      return require(place) as Native;
    } catch (error) {
      causes.push(error);
    }
  }
  const isForbidden = causes.some((cause) => (cause as { code?: string }).code === DISABLED);
  if (isForbidden) {
    throw new BreadcrumbError(
      "BC_ERR_NO_ADDON",
      "Node may load no native addon here: add --allow-addons beside --permission, or leave --no-addons out",
      { cause: causes[0] },
    );
  }
  throw new BreadcrumbError(
    "BC_ERR_NO_ADDON",
    `No native addon of Breadcrumb for ${names.join(" or ")} was found: install the optional dependency breadcrumb-tracer-${names[0]}, or build it with \`npm run build\``,
    { cause: causes[0] },
  );
}

/** The addon. */
export const native: Native = load();
