/**
 * The one class of errors that Breadcrumb throws. `code` is stable, the message says what was got
 * and what to do about it, `cause` is the error underneath.
 *
 * Every code stands in docs/errors.md and in a test.
 */
export type BreadcrumbErrorCode =
  | "BC_ERR_ALREADY_STARTED"
  | "BC_ERR_BAD_OPTION"
  | "BC_ERR_BAD_GLOB"
  | "BC_ERR_NO_ADDON"
  | "BC_ERR_STORE_UNWRITABLE"
  | "BC_ERR_STORE_MISSING"
  | "BC_ERR_STORE_CORRUPT"
  | "BC_ERR_STORE_VERSION"
  | "BC_ERR_STORE_BUSY"
  | "BC_ERR_RUN_KEPT"
  | "BC_ERR_NOT_FOUND"
  | "BC_ERR_NOT_ALLOWED"
  | "BC_ERR_NO_PROCESS"
  | "BC_ERR_CANNOT_ATTACH"
  | "BC_ERR_CONTROL_VERSION"
  | "BC_ERR_BAD_SQL"
  | "BC_ERR_SQL_LIMIT"
  | "BC_ERR_STOPPED"
  | "BC_ERR_NO_MEMORY_STORE"
  | "BC_ERR_INTERNAL";

/** An error of Breadcrumb's own. */
export class BreadcrumbError extends Error {
  /** Stable name of what went wrong, `BC_ERR_…`. */
  readonly code: BreadcrumbErrorCode;

  constructor(code: BreadcrumbErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = "BreadcrumbError";
    this.code = code;
  }
}

/** An option that is none: BC_ERR_BAD_OPTION. */
export function badOption(message: string, options?: { cause?: unknown }): BreadcrumbError {
  return new BreadcrumbError("BC_ERR_BAD_OPTION", message, options);
}
