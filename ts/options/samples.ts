/**
 * What V8's sampling profilers are to find while it is recorded.
 *
 *     samplingOf(true)                    // { cpu: true, heap: false, intervalUs: 1000 }
 *     samplingOf(samplesOf("cpu,heap", "--samples"))   // { cpu: true, heap: true, intervalUs: 1000 }
 *     samplingOf(false)                   // null: nothing
 */
import { badOption, type BreadcrumbError } from "../errors";
import { checkObject, kindOfValue } from "./check-object";

/** What is sampled. */
export interface SamplesOptions {
  /** Where the thread's time goes. @default true */
  readonly cpu?: boolean;
  /** Where memory is allocated that stays alive. @default false */
  readonly heap?: boolean;
  /** Microseconds from one sample of `cpu` to the next. @default 1000 */
  readonly intervalUs?: number;
}

/** The same, with defaults. */
export type Sampling = Required<SamplesOptions>;

const INTERVAL_US = 1000;
/** V8 cannot do it more often. */
const LEAST_US = 50;
const MOST_US = 1_000_000;
const OFF: readonly string[] = ["off", "false", "0"];
const ON: readonly string[] = ["on", "true", "1"];
const KNOWN = ["cpu", "heap", "intervalUs"];

/** Checks the option and fills in defaults; null where nothing is sampled. Throws BC_ERR_BAD_OPTION. */
export function samplingOf(
  given: SamplesOptions | boolean | undefined,
  name = 'Option "samples"',
): Sampling | null {
  if (given === undefined || given === false) return null;
  const options = given === true ? {} : given;
  checkObject(options, `${name} must be an object or a boolean`, KNOWN, "samples.");
  const { cpu = true, heap = false, intervalUs = INTERVAL_US } = options;
  for (const [kind, value] of [
    ["cpu", cpu],
    ["heap", heap],
  ] as const) {
    if (typeof value !== "boolean") {
      throw badOption(`"samples.${kind}" must be a boolean; got ${kindOfValue(value)}`);
    }
  }
  if (!Number.isInteger(intervalUs) || intervalUs < LEAST_US || intervalUs > MOST_US) {
    throw badOption(
      `"samples.intervalUs" is a whole number of ${LEAST_US} to ${MOST_US}; got ${String(intervalUs)}`,
    );
  }
  return cpu || heap ? { cpu, heap, intervalUs } : null;
}

/** What a text says: `cpu`, `heap`, `cpu,heap,interval=500`, `off`. Throws BC_ERR_BAD_OPTION. */
export function samplesOf(text: string, name: string): SamplesOptions | boolean {
  if (OFF.includes(text)) return false;
  if (ON.includes(text)) return true;
  const words = text.split(",").map((word) => word.trim());
  let intervalUs: number | undefined;
  const kinds = words.filter((word) => {
    const [, digits] = /^interval=(\d+)$/.exec(word) ?? [];
    if (digits === undefined) return true;
    intervalUs = Number(digits);
    return false;
  });
  if (kinds.some((kind) => kind !== "cpu" && kind !== "heap")) throw unknown(name, text);
  const [cpu, heap] = [kinds.length === 0 || kinds.includes("cpu"), kinds.includes("heap")];
  return { cpu, heap, ...(intervalUs !== undefined && { intervalUs }) };
}

function unknown(name: string, text: string): BreadcrumbError {
  return badOption(
    `${name} is cpu, heap or both, with interval=<microseconds>, or off; got ${text}`,
  );
}
