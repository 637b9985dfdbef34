/**
 * What recording may cost: a share of the processor time that the process takes for itself.
 *
 *     overheadShare(0.05)      // 0.05
 *     overheadOf("5%", "--overhead")     // 0.05
 *     overheadOf("off", "--overhead")    // false: anything
 */
import { badOption, type BreadcrumbError } from "../errors";

const LEAST = 0.01;
const MOST = 1;
const OFF: readonly string[] = ["off", "false", "0"];

/** The share; null where it may cost anything. Throws BC_ERR_BAD_OPTION. */
export function overheadShare(
  given: number | false | undefined,
  name = 'Option "overhead"',
): number | null {
  if (given === undefined || given === false) return null;
  if (isShare(given)) return given;
  throw noShare(name, given);
}

/** What a text says: `0.05`, `5%` or `off`. Throws BC_ERR_BAD_OPTION. */
export function overheadOf(text: string, name: string): number | false {
  if (OFF.includes(text)) return false;
  const [, digits, percent] = /^(\d*\.?\d+)\s*(%?)$/.exec(text) ?? [];
  if (digits === undefined) throw noShare(name, text);
  const share = percent === "%" ? Number(digits) / 100 : Number(digits);
  if (!isShare(share)) throw noShare(name, text);
  return share;
}

function isShare(given: unknown): given is number {
  return typeof given === "number" && given >= LEAST && given <= MOST;
}

function noShare(name: string, given: unknown): BreadcrumbError {
  return badOption(
    `${name} is a share of ${LEAST} to ${MOST}, such as 0.05, or off; got ${String(given)}`,
  );
}
