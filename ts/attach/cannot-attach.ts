/** What keeps a process from being attached to. */
import { BreadcrumbError } from "../errors";

/** A process that cannot be attached to, or a port that is not Node's: BC_ERR_CANNOT_ATTACH. */
export function cannotAttach(message: string, options?: { cause?: unknown }): BreadcrumbError {
  return new BreadcrumbError("BC_ERR_CANNOT_ATTACH", message, options);
}

/** A process that there is not, or no longer: BC_ERR_NO_PROCESS. */
export function noProcess(message: string): BreadcrumbError {
  return new BreadcrumbError("BC_ERR_NO_PROCESS", message);
}
