/**
 * `breadcrumb config`: each value with its origin; sets and unsets values in the file.
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join, relative } from "node:path";
import { badOption } from "../errors";
import type { JsonValue } from "../query/results";
import { checkConfig, checkValue } from "../options/check-config";
import {
  CONFIG_NAMES,
  CONFIG_OPTIONS,
  type ConfigName,
  type ConfigOption,
} from "../options/config-options";
import { projectRoot, storeFolder } from "../options/normalize";
import { type LoadedConfig, loadConfig } from "../options/resolve-config";
import { overheadOf } from "../options/overhead";
import { redactOf } from "../options/redact-text";
import { retentionOf } from "../options/retention";
import { edgesOf } from "../options/edges";
import { samplesOf } from "../options/samples";
import { valuesOf } from "../options/values";
import { suggest } from "../options/suggest";
import { splitList, text } from "./arguments";
import type { ProjectContext } from "./command";
import type { ConfigDocument, JsonDocuments } from "./json-documents";
import { printable } from "./printable";
import { renderTable } from "./table";

const STANDARD = "default";
const NEW_FILE = "breadcrumb.config.json";

/** A value and who said it. */
interface Setting {
  readonly name: ConfigName;
  readonly value: unknown;
  readonly origin: string;
}

/** The command `config`. */
export async function config(context: ProjectContext): Promise<number> {
  const [verb, name, ...values] = context.positionals;
  if (verb === undefined) return showConfig(context);
  if (verb !== "set" && verb !== "unset") {
    const meant = suggest(verb, ["set", "unset"]);
    const hint = meant === undefined ? "" : `: did you mean ${meant}?`;
    throw badOption(
      `config alone shows, config set and config unset change: got ${JSON.stringify(verb)}${hint}`,
    );
  }
  const option = optionNamed(name);
  if (verb === "set" && values.length === 0) {
    throw badOption(`config set ${option} needs a value: ${CONFIG_OPTIONS[option].help}`);
  }
  const value = verb === "set" ? valueOf(CONFIG_OPTIONS[option], values.join(",")) : undefined;
  if (value !== undefined) checkValue(option, value, "config set");
  return changeConfig(context, option, value);
}

function showConfig({ output, values }: ProjectContext): number {
  const loaded = loadConfig({
    cwd: process.cwd(),
    env: process.env,
    profile: text(values, "profile"),
  });
  const settings = CONFIG_NAMES.map((name) => settingOf(name, loaded));
  const { file, profile, profiles } = loaded;
  if (values["json"]) {
    const entries = settings.map(({ name, value, origin }) => [name, { value, origin }]);
    const document: ConfigDocument = {
      file,
      profile,
      profiles,
      values: Object.fromEntries(entries),
    };
    output.json(document);
    return 0;
  }
  output.line(
    file === null ? "No configuration file: breadcrumb init writes one." : printable(file),
  );
  const chosen = profile ?? "none";
  output.line(`profile: ${printable(chosen)} (there are ${profiles.map(printable).join(", ")})`);
  output.line();
  const lines = renderTable(
    [{ title: "option" }, { title: "value", shrink: "end" }, { title: "from", shrink: "start" }],
    settings.map(({ name, value, origin }) => [
      name,
      printable(typeof value === "string" ? value : JSON.stringify(value)),
      printable(relativeTo(origin)),
    ]),
    output.columns,
  );
  for (const line of lines) output.line(line);
  return 0;
}

function settingOf(name: ConfigName, { values, origins, folder }: LoadedConfig): Setting {
  const option = CONFIG_OPTIONS[name];
  const said = option.env === undefined ? undefined : process.env[option.env];
  if (option.env !== undefined && said !== undefined && said !== "") {
    return { name, value: valueOf(option, said), origin: option.env };
  }
  const value = values[name];
  if (value !== undefined) return { name, value, origin: origins[name] ?? STANDARD };
  const here = name === "store" ? storeFolder(undefined, process.cwd(), undefined, folder) : null;
  return { name, value: here ?? option.standard, origin: STANDARD };
}

/** An origin's path from here. */
function relativeTo(origin: string): string {
  return origin.replace(/\S*[\\/]\S*$/, (path) => relative(process.cwd(), path) || path);
}

function optionNamed(name: string | undefined): ConfigName {
  const found = CONFIG_NAMES.find((each) => each === name);
  if (found !== undefined) return found;
  const meant = name === undefined ? undefined : suggest(name, CONFIG_NAMES);
  const hint =
    meant === undefined
      ? `: the options are ${CONFIG_NAMES.join(", ")}`
      : `: did you mean ${meant}?`;
  throw badOption(
    `${name === undefined ? "which option" : `unknown option ${JSON.stringify(name)}`}${hint}`,
  );
}

/** A value as it is written on a command line or in the environment. */
function valueOf({ kind }: ConfigOption, written: string): unknown {
  switch (kind) {
    case "patterns":
      return splitList(written);
    case "flag":
      return written === "true" ? true : written === "false" ? false : written;
    case "integer":
      return Number(written);
    case "share":
      return overheadOf(written, "overhead");
    case "redact":
      return written === "false" ? false : redactOf(written, "redact");
    case "retention":
      return written === "false" ? false : retentionOf(written, "retention");
    case "samples":
      return samplesOf(written, "samples");
    case "edges":
      return edgesOf(written, "edges");
    case "values":
      return valuesOf(written, "values");
    default:
      return written;
  }
}

function changeConfig(
  { output, values }: ProjectContext,
  name: ConfigName,
  value: unknown,
): number {
  const profile = text(values, "profile");
  // A profile that is being made is none yet.
  const { file: found } = loadConfig({
    cwd: process.cwd(),
    env: { ...process.env, BREADCRUMB_PROFILE: "" },
  });
  const file = found ?? join(projectRoot(process.cwd()), NEW_FILE);
  if (!file.endsWith(".json")) {
    throw badOption(`${file} is code, which is changed by hand: ${name} stands in what it exports`);
  }
  const whole = existsSync(file)
    ? (JSON.parse(readFileSync(file, "utf8")) as Record<string, unknown>)
    : {};
  const isPackage = basename(file) === "package.json";
  const settings = isPackage ? objectAt(whole, "breadcrumb") : whole;
  const target =
    profile === undefined ? settings : objectAt(objectAt(settings, "profiles"), profile);
  const before = target[name];
  if (value === undefined) delete target[name];
  else target[name] = value;
  checkConfig(settings, file);
  const indent = existsSync(file) ? (/^[ \t]+/m.exec(readFileSync(file, "utf8"))?.[0] ?? 2) : 2;
  writeFileSync(file, `${JSON.stringify(whole, null, indent)}\n`);
  if (values["json"]) {
    output.json({
      file,
      profile: profile ?? null,
      name,
      before: (before ?? null) as JsonValue,
      after: (value ?? null) as JsonValue,
    } satisfies JsonDocuments["config"]);
    return 0;
  }
  const show = (each: unknown) => (each === undefined ? "(not set)" : JSON.stringify(each));
  const where = profile === undefined ? "" : ` of profile ${profile}`;
  output.line(
    printable(`${name}${where}: ${show(before)} → ${show(value)} in ${relativeTo(file)}`),
  );
  return 0;
}

function objectAt(parent: Record<string, unknown>, key: string): Record<string, unknown> {
  if (!Object.hasOwn(parent, key)) parent[key] = {};
  return parent[key] as Record<string, unknown>;
}
