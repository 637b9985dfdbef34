/**
 * The configuration file of a project: found, read, checked.
 *
 *     readConfigFile("/app/src", process.env)   // { file: "/app/breadcrumb.config.json", folder: "/app", config: {…} }
 *
 * `breadcrumb.config.ts`, `.mjs`, `.cjs`, `.json`, or `"breadcrumb"` in package.json, of the nearest folder
 * upwards, as far as the repository reaches (`.git`), else the project (`package.json`). Code is evaluated in
 * a process of its own: the program that is recorded must not see that it ran. Limits: that takes about
 * 50 ms; JSON takes less than one.
 */
import { existsSync, readFileSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { badOption } from "../errors";
import { checkConfig } from "./check-config";
import type { Config } from "./config-options";
import { evaluateConfig } from "./evaluate-config";

/** Names, the first that is there counts. */
export const CONFIG_FILES = [
  "breadcrumb.config.ts",
  "breadcrumb.config.mjs",
  "breadcrumb.config.cjs",
  "breadcrumb.config.json",
] as const;

/** A configuration and where it stands. */
export interface ConfigFile {
  /** Its path: of package.json, where it stands there. */
  readonly file: string;
  /** What its paths and patterns are relative to. */
  readonly folder: string;
  readonly config: Config;
}

/**
 * The configuration that holds in a folder; null where there is none, or `BREADCRUMB_CONFIG` is `off`. Else
 * that variable names the file. Throws `BC_ERR_BAD_OPTION`.
 */
export function readConfigFile(
  cwd: string,
  env: Readonly<Record<string, string | undefined>>,
): ConfigFile | null {
  const named = env["BREADCRUMB_CONFIG"];
  if (named === "off") return null;
  if (named) {
    const file = resolve(cwd, named);
    if (!existsSync(file)) throw badOption(`BREADCRUMB_CONFIG: there is no ${file}`);
    return { file, folder: dirname(file), config: readConfig(file) };
  }
  for (const folder of foldersUpwards(resolve(cwd))) {
    const name = CONFIG_FILES.find((each) => existsSync(join(folder, each)));
    if (name !== undefined) {
      const file = join(folder, name);
      return { file, folder, config: readConfig(file) };
    }
    const file = join(folder, "package.json");
    const config = inPackage(file);
    if (config !== undefined)
      return { file, folder, config: checkConfig(config, placeInPackage(file)) };
  }
  return null;
}

/** The folders that may hold it, the nearest first. */
function foldersUpwards(cwd: string): string[] {
  const folders: string[] = [];
  let project = 0;
  for (let at = cwd; ; at = dirname(at)) {
    folders.push(at);
    if (existsSync(join(at, ".git"))) return folders;
    if (project === 0 && existsSync(join(at, "package.json"))) project = folders.length;
    if (dirname(at) === at) return folders.slice(0, Math.max(1, project));
  }
}

function readConfig(file: string): Config {
  if (basename(file) === "package.json") {
    return checkConfig(inPackage(file) ?? {}, placeInPackage(file));
  }
  if (!file.endsWith(".json")) return checkConfig(evaluateConfig(file), file);
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(file, "utf8"));
  } catch (cause) {
    throw badOption(`${file} cannot be read: ${(cause as Error).message}`, { cause });
  }
  return checkConfig(value, file);
}

/** What package.json says; a package.json that cannot be read says nothing. */
function inPackage(file: string): unknown {
  try {
    const text = readFileSync(file, "utf8");
    // Parsing is for those that have something to say.
    return text.includes('"breadcrumb"')
      ? (JSON.parse(text) as Record<string, unknown>)["breadcrumb"]
      : undefined;
  } catch {
    return undefined;
  }
}

function placeInPackage(file: string): string {
  return `"breadcrumb" in ${file}`;
}
