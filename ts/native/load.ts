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

/** Name of this platform as `@napi-rs/cli` says it: `linux-x64-gnu`, `darwin-arm64`. */
export function platformName(): string {
  const { platform, arch } = process;
  if (platform === "win32") return `${platform}-${arch}-msvc`;
  if (platform !== "linux") return `${platform}-${arch}`;
  const report = process.report?.getReport() as { header?: { glibcVersionRuntime?: string } };
  return `linux-${arch}-${report.header?.glibcVersionRuntime === undefined ? "musl" : "gnu"}`;
}

function load(): Native {
  const name = platformName();
  const require = createRequire(__filename);
  const places = [
    join(__dirname, "..", `breadcrumb-tracer.${name}.node`),
    `breadcrumb-tracer-${name}`,
  ];
  const causes: unknown[] = [];
  for (const place of places) {
    try {
      return require(place) as Native;
    } catch (error) {
      causes.push(error);
    }
  }
  throw new BreadcrumbError(
    "BC_ERR_NO_ADDON",
    `No native addon of Breadcrumb for ${name} was found: install the optional dependency breadcrumb-tracer-${name}, or build it with \`npm run build\``,
    { cause: causes[0] },
  );
}

/** The addon. */
export const native: Native = load();
