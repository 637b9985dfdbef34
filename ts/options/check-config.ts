/**
 * Whether a configuration is one: unknown names, and values of another kind, are errors that name the
 * nearest name, or what it must be.
 *
 *     checkConfig({ inclde: [] }, "breadcrumb.config.json")
 *     // BC_ERR_BAD_OPTION: breadcrumb.config.json: unknown option "inclde": did you mean "include"?
 */
import { badOption } from "../errors";
import { isObject, kindOfValue } from "./check-object";
import {
  type Config,
  CONFIG_NAMES,
  CONFIG_OPTIONS,
  type ConfigName,
  type ConfigOption,
} from "./config-options";
import { type DumpSignal, dumpSignal } from "./dump-signal";
import { parseDuration } from "./duration";
import { type Keep, keepRules } from "./keep";
import { type RedactOptions, redactRules } from "./redact";
import { retentionLimits, type RetentionOptions } from "./retention";
import { edgeBits, type Edges, EDGE_KINDS } from "./edges";
import { type SamplesOptions, samplingOf } from "./samples";
import { suggest } from "./suggest";
import { VALUE_NAMES, valueLimits, type ValuesOptions } from "./values";

/** The configuration. Throws `BC_ERR_BAD_OPTION`; `where` is what the message begins with. */
export function checkConfig(value: unknown, where: string): Config {
  const { $schema, profiles, ...values } = asObject(value, where);
  if ($schema !== undefined && typeof $schema !== "string") {
    throw badOption(`${where}: "$schema" is a text`);
  }
  checkValues(values, where, ["profiles", "$schema"]);
  if (profiles !== undefined) {
    for (const [name, own] of Object.entries(asObject(profiles, `${where}: "profiles"`))) {
      const at = `${where}: profile ${JSON.stringify(name)}`;
      checkValues(asObject(own, at), at, []);
    }
  }
  return value as Config;
}

function checkValues(
  values: Readonly<Record<string, unknown>>,
  where: string,
  others: readonly string[],
): void {
  for (const [name, value] of Object.entries(values)) {
    const known = CONFIG_NAMES.find((each) => each === name);
    if (known === undefined) {
      const names = [...CONFIG_NAMES, ...others];
      const meant = suggest(name, names);
      const hint =
        meant === undefined
          ? `; the options are ${names.join(", ")}`
          : `: did you mean ${JSON.stringify(meant)}?`;
      throw badOption(`${where}: unknown option ${JSON.stringify(name)}${hint}`);
    }
    if (value !== undefined) checkValue(known, value, where);
  }
}

/** Throws where a value is none of its option's. */
export function checkValue(name: ConfigName, value: unknown, where: string): void {
  const option = CONFIG_OPTIONS[name];
  if (option.kind === "retention") {
    if (value !== false) {
      retentionLimits(value as RetentionOptions, (limit) => `${where}: "retention.${limit}"`);
    }
    return;
  }
  if (option.kind === "redact") {
    redactRules(value as RedactOptions | false, `${where}: "redact"`);
    return;
  }
  if (option.kind === "keep") {
    keepRules(value as Keep, `${where}: "keep"`);
    return;
  }
  if (option.kind === "signal") {
    dumpSignal(value as DumpSignal, `${where}: "dumpSignal"`);
    return;
  }
  if (option.kind === "samples") {
    samplingOf(value as SamplesOptions | boolean, `${where}: "samples"`);
    return;
  }
  if (option.kind === "edges") {
    edgeBits(value as Edges, `${where}: "edges"`);
    return;
  }
  if (option.kind === "values") {
    valueLimits(value as ValuesOptions, (limit) => `${where}: "values.${limit}"`);
    return;
  }
  if (!isOfKind(option, value)) {
    throw badOption(`${where}: "${name}" is ${kindText(option)}; got ${JSON.stringify(value)}`);
  }
}

function isOfKind({ kind, words }: ConfigOption, value: unknown): boolean {
  switch (kind) {
    case "patterns":
      return Array.isArray(value) && value.every((each) => typeof each === "string" && each !== "");
    case "flag":
      return typeof value === "boolean";
    case "word":
      return typeof value === "string" && words?.includes(value) === true;
    case "integer":
      return Number.isSafeInteger(value) && (value as number) > 0;
    case "share":
      return value === false || (typeof value === "number" && value >= 0.01 && value <= 1);
    case "time":
      return typeof value === "string" && parseDuration(value, "s") !== null;
    default:
      return typeof value === "string" && value !== "";
  }
}

/** What a value must be, for people. */
export function kindText({ kind, words = [] }: ConfigOption): string {
  switch (kind) {
    case "patterns":
      return 'a list of patterns, such as ["src/**"]';
    case "flag":
      return "true or false";
    case "word":
    case "signal":
      return `one of ${words.join(", ")}`;
    case "integer":
      return "a positive integer";
    case "share":
      return "a share of 0.01 to 1, such as 0.05, or false";
    case "time":
      return "a time such as 500ms, 30s, 5m";
    case "retention":
      return "limits { maxAge, maxErrorAge, maxBytes, maxRuns }, or false";
    case "redact":
      return "{ names, rules, also, except, replace, hash }, or false";
    case "keep":
      return 'a text such as "errors,slow>200ms", a share, or { errors, slow, share, perSecond, slowestPerMinute, roots, when, last, memory }';
    case "samples":
      return "{ cpu, heap, intervalUs }, true or false";
    case "edges":
      return `a list of ${EDGE_KINDS.join(", ")}, true or false`;
    case "values":
      return `limits { ${VALUE_NAMES.join(", ")} }`;
    default:
      return "a text";
  }
}

function asObject(value: unknown, where: string): Readonly<Record<string, unknown>> {
  if (isObject(value)) return value as Readonly<Record<string, unknown>>;
  throw badOption(`${where} is an object of options; got ${kindOfValue(value)}`);
}
