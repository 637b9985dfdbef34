/**
 * What a configuration says in a process: its file, the profile that is chosen, the standard ones.
 *
 *     loadConfig({ cwd, env: process.env, profile: "test" }).values   // { mode: "time", … }
 *
 * A profile is chosen by name (a flag), by BREADCRUMB_PROFILE, or by NODE_ENV where the file has one of
 * that name. Limits: flags, code and the environment come before all of this, and are not looked at here.
 */
import { resolve } from "node:path";
import { badOption } from "../errors";
import { type ConfigFile, readConfigFile } from "./config-file";
import {
  CONFIG_NAMES,
  type ConfigName,
  type ConfigValues,
  STANDARD_PROFILES,
} from "./config-options";
import { suggest } from "./suggest";

/** What a configuration says, resolved. */
export interface LoadedConfig {
  readonly values: ConfigValues;
  /** Of each value, who said it. */
  readonly origins: Readonly<Partial<Record<ConfigName, string>>>;
  /** The folder that a file marks as the project's root; null without one. */
  readonly folder: string | null;
  readonly file: string | null;
  readonly profile: string | null;
  /** Names of the profiles that there are. */
  readonly profiles: readonly string[];
}

/** Where it is asked. */
export interface ConfigPlace {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The profile that a flag names. */
  readonly profile?: string | undefined;
}

/** The configuration. Throws `BC_ERR_BAD_OPTION`. */
export function loadConfig({ cwd, env, profile: flag }: ConfigPlace): LoadedConfig {
  const found = readConfigFile(cwd, env);
  const own = found?.config.profiles ?? {};
  const profiles = [...new Set([...Object.keys(own), ...Object.keys(STANDARD_PROFILES)])];
  const profile = chooseProfile(flag, env, Object.keys(own), profiles);
  const { $schema: _schema, profiles: _profiles, ...shared } = found?.config ?? {};
  const file = found?.file ?? null;
  const name = profile ?? "";
  const layers: readonly (readonly [ConfigValues, string])[] = [
    [
      Object.hasOwn(STANDARD_PROFILES, name) ? (STANDARD_PROFILES[name] ?? {}) : {},
      `standard profile ${name}`,
    ],
    [shared, String(file)],
    [Object.hasOwn(own, name) ? (own[name] ?? {}) : {}, `profile ${name} in ${file}`],
  ];
  const values: Partial<Record<ConfigName, unknown>> = {};
  const origins: Partial<Record<ConfigName, string>> = {};
  for (const [layer, origin] of layers) {
    for (const key of CONFIG_NAMES) {
      if (layer[key] === undefined) continue;
      values[key] = key === "store" && found ? storeIn(found, layer.store ?? "") : layer[key];
      origins[key] = origin;
    }
  }
  return {
    values: values as ConfigValues,
    origins,
    folder: found?.folder ?? null,
    file,
    profile,
    profiles,
  };
}

function storeIn({ folder }: ConfigFile, store: string): string {
  return store === ":memory:" ? store : resolve(folder, store);
}

function chooseProfile(
  flag: string | undefined,
  env: ConfigPlace["env"],
  own: readonly string[],
  all: readonly string[],
): string | null {
  const named = flag ?? (env["BREADCRUMB_PROFILE"] || undefined);
  if (named !== undefined) {
    if (all.includes(named)) return named;
    const meant = suggest(named, all);
    const hint = meant === undefined ? `; there are ${all.join(", ")}` : `: did you mean ${meant}?`;
    throw badOption(`no profile ${JSON.stringify(named)}${hint}`);
  }
  const hint = env["NODE_ENV"];
  return hint !== undefined && own.includes(hint) ? hint : null;
}
