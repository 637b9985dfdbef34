/**
 * How much of values is kept: options, or the text of BREADCRUMB_VALUES, → what the native part takes.
 *
 *     valueLimits({ depth: 5 })            // { depth: 5, keys: 12, …, identity: false, this: false }
 *     valuesOf("depth=5,bytes=4096,this")  // { depth: 5, bytes: 4096, this: true }
 *
 * Limits: each has a largest value, which a record of the ring sets.
 */
import { badOption } from "../errors";
import { checkObject } from "./check-object";

/** Option `values`. */
export interface ValuesOptions {
  /** Levels of objects in objects, 1 to 16. @default 3 */
  readonly depth?: number;
  /** Keys of an object, entries of a map, 0 to 1000. @default 12 */
  readonly keys?: number;
  /** Items of an array, a set, a typed array, 0 to 1000. @default 10 */
  readonly items?: number;
  /** UTF-16 units of a string, 0 to 4000. @default 200 */
  readonly string?: number;
  /** Bytes of a call's arguments, or of its result, 512 to 8192. @default 8192 */
  readonly bytes?: number;
  /** Properties looked into in a millisecond and thread, 400 times as many at once; 0: any number, whatever it costs. @default 50 */
  readonly budget?: number;
  /** Objects get numbers by which they are followed: `breadcrumb follow`. @default false */
  readonly identity?: boolean;
  /** Methods and accessors record what they are called on, as a first argument `this`. @default false */
  readonly this?: boolean;
}

/** As the native part takes them. */
export type ValueLimits = Required<ValuesOptions>;

/** How an option is called where it was given. */
export type NameValue = (option: keyof ValuesOptions) => string;

type Count = "depth" | "keys" | "items" | "string" | "bytes" | "budget";

/** Limits: least, largest, and what holds where nobody says. */
export const VALUE_COUNTS: Readonly<
  Record<Count, readonly [least: number, most: number, usual: number]>
> = {
  depth: [1, 16, 3],
  keys: [0, 1000, 12],
  items: [0, 1000, 10],
  string: [0, 4000, 200],
  bytes: [512, 8192, 8192],
  budget: [0, 1_000_000, 50],
};
const COUNT_NAMES = Object.keys(VALUE_COUNTS) as Count[];
const FLAG_NAMES = ["identity", "this"] as const;
/** Names of the options. */
export const VALUE_NAMES: readonly string[] = [...COUNT_NAMES, ...FLAG_NAMES];

/** The text of BREADCRUMB_VALUES, or of `--values`. `where`: its name. Throws BC_ERR_BAD_OPTION. */
export function valuesOf(text: string, where = "BREADCRUMB_VALUES"): ValuesOptions {
  const options: Record<string, number | boolean> = {};
  for (const part of text.split(",")) {
    const [name = "", value] = part.split("=", 2).map((word) => word.trim());
    const isFlag = FLAG_NAMES.some((each) => each === name);
    const isRight = isFlag
      ? value === undefined || value === "true" || value === "false"
      : VALUE_NAMES.includes(name) && /^\d+$/.test(value ?? "");
    if (!isRight) {
      throw badOption(
        `${where} is a list such as depth=5,keys=50,items=50,string=1000,bytes=4096,budget=0,identity,this; got ${JSON.stringify(text)}`,
      );
    }
    options[name] = isFlag ? value !== "false" : Number(value);
  }
  valueLimits(options, (option) => `${where}: ${option}`);
  return options;
}

/** Checks the option and fills in what it leaves out. Throws BC_ERR_BAD_OPTION. */
export function valueLimits(
  options: ValuesOptions = {},
  nameOf: NameValue = (option) => `Option "values.${option}"`,
): ValueLimits {
  checkObject(
    options,
    `Option "values" is an object of ${VALUE_NAMES.join(", ")}`,
    VALUE_NAMES,
    "values.",
  );
  const limits: Record<string, number | boolean> = {};
  for (const name of COUNT_NAMES) limits[name] = count(name, options[name], nameOf);
  for (const name of FLAG_NAMES) limits[name] = flag(options[name], nameOf(name));
  return limits as unknown as ValueLimits;
}

function count(name: Count, value: number | undefined, nameOf: NameValue): number {
  const [least, most, usual] = VALUE_COUNTS[name];
  if (value === undefined) return usual;
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  throw badOption(
    `${nameOf(name)} is a whole number from ${least} to ${most}; got ${String(value)}`,
  );
}

function flag(value: boolean | undefined, name: string): boolean {
  if (value === undefined) return false;
  if (typeof value === "boolean") return value;
  throw badOption(`${name} is true or false; got ${String(value)}`);
}
