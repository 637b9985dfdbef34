/**
 * A reading command's arguments.
 *
 *     parseArguments(spec, ["latest", "--depth", "3"])   // { positionals: ["latest"], values: { depth: "3" } }
 *     wholeNumber(values, "depth"); texts(values, "include"); milliseconds(values, "min"); time(values, "since")
 *
 * Limits: an option given twice counts as the last, unless it is one of which there may be many.
 */
import { parseArgs } from "node:util";
import { badOption } from "../errors";
import type { CommandArguments, CommandDescription, OptionSpec } from "./command";
import { optionsOf } from "./shared-options";
import { suggest } from "../options/suggest";
import { parseDuration } from "../options/duration";

type Values = CommandArguments["values"];

/** Parses them. Throws `BC_ERR_BAD_OPTION`. */
export function parseArguments(
  spec: CommandDescription,
  argv: readonly string[],
): CommandArguments {
  const options = optionsOf(spec);
  const config = Object.fromEntries(
    Object.entries(options).map(([name, { value, short }]) => [
      name,
      {
        type: value === undefined ? ("boolean" as const) : ("string" as const),
        ...(short === undefined ? {} : { short }),
      },
    ]),
  );
  const { tokens, positionals } = parseArgs({
    args: [...argv],
    options: config,
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const values: Record<string, string | true> = {};
  for (const token of tokens) {
    if (token.kind !== "option") continue;
    // Without a value of its own, an option takes the next one's name for it.
    const isName = !token.inlineValue && /^-(?:-|[a-z])/i.test(token.value ?? "");
    const value = isName ? undefined : token.value;
    const found = optionValue(spec, options, token.name, token.rawName, value);
    const before = options[token.name]?.many && values[token.name];
    values[token.name] = before ? `${before},${found}` : found;
  }
  if (values["help"] === undefined) checkPositionals(spec, positionals);
  return { positionals, values };
}

function optionValue(
  spec: CommandDescription,
  options: Readonly<Record<string, OptionSpec>>,
  name: string,
  rawName: string,
  value: string | undefined,
): string | true {
  const option = Object.hasOwn(options, name) ? options[name] : undefined;
  if (!option) {
    const meant = suggest(name, Object.keys(options));
    const hint = meant === undefined ? "" : `: did you mean --${meant}?`;
    throw badOption(`unknown option ${rawName}${hint} (breadcrumb ${spec.name} --help lists them)`);
  }
  if (option.value === undefined) {
    if (value !== undefined)
      throw badOption(`${rawName} takes no value: got ${JSON.stringify(value)}`);
    return true;
  }
  if (value === undefined || value === "")
    throw badOption(`${rawName} needs a value: <${option.value}>`);
  return value;
}

function checkPositionals(spec: CommandDescription, positionals: readonly string[]): void {
  const [min, max] = spec.positionals;
  if (positionals.length < min) {
    throw badOption(
      `it needs ${spec.usage.replace(" [options]", "")}: breadcrumb ${spec.name} --help`,
    );
  }
  if (positionals.length > max) {
    const extra = positionals.slice(max).map((word) => JSON.stringify(word));
    const quotes = spec.name === "query" ? " (put quotes around the query)" : "";
    throw badOption(`too many arguments: ${extra.join(" ")}${quotes}`);
  }
}

/** An option's text. */
export function text(values: Values, name: string): string | undefined {
  const value = values[name];
  return value === true ? undefined : value;
}

/** The parts of an option that is a list. Throws `BC_ERR_BAD_OPTION` if there are none. */
export function texts(values: Values, name: string): string[] | undefined {
  const value = text(values, name);
  if (value === undefined) return undefined;
  const parts = splitList(value);
  if (parts.length > 0) return parts;
  throw badOption(`--${name} lists one or more, with commas between: got ${JSON.stringify(value)}`);
}

/** The parts of a list as it is written, commas between. */
export function splitList(written: string): string[] {
  const parts = written.split(",").map((part) => part.trim());
  return parts.filter((part) => part !== "");
}

/** An option's whole number from 1. Throws `BC_ERR_BAD_OPTION`. */
export function wholeNumber(values: Values, name: string): number | undefined {
  const value = text(values, name);
  if (value === undefined) return undefined;
  const number = Number(value.replaceAll("_", ""));
  if (!/^[\d_]+$/.test(value) || !Number.isSafeInteger(number) || number < 1) {
    throw badOption(`--${name} is a whole number from 1: got ${JSON.stringify(value)}`);
  }
  return number;
}

/** An option's number. Throws `BC_ERR_BAD_OPTION`. */
export function decimal(values: Values, name: string): number | undefined {
  const value = text(values, name);
  if (value === undefined) return undefined;
  if (/^\d+(?:\.\d+)?$/.test(value)) return Number(value);
  throw badOption(`--${name} is a number such as 1.5: got ${JSON.stringify(value)}`);
}

/** An option's duration in ms. Throws `BC_ERR_BAD_OPTION`. */
export function milliseconds(values: Values, name: string): number | undefined {
  const value = text(values, name);
  if (value === undefined) return undefined;
  const ms = parseDuration(value);
  if (ms === null)
    throw badOption(`--${name} is a time such as 250us, 5ms or 2s: got ${JSON.stringify(value)}`);
  return ms;
}

/** An option's time: so long ago, or a date. Throws `BC_ERR_BAD_OPTION`. */
export function time(values: Values, name: string, now = Date.now()): Date | string | undefined {
  const value = text(values, name);
  if (value === undefined) return undefined;
  const ms = parseDuration(value);
  if (ms !== null) return new Date(now - ms);
  if (/^\d{4}-\d\d-\d\d/.test(value)) return value;
  throw badOption(
    `--${name} is a time such as 10m (ago) or 2026-11-23T08:00: got ${JSON.stringify(value)}`,
  );
}
