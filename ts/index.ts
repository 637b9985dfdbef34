/**
 * `breadcrumb-tracer`: records what a program did.
 *
 * ```js
 * const session = await Breadcrumb.start({ include: ["src/**"] });
 * const { main } = await import("./src/main.js");
 * await main();
 * await session.stop();
 * ```
 */
export { Breadcrumb } from "./breadcrumb";
export type {
  Coverage,
  CoveredFile,
  MeasureResult,
  MemoryCall,
  MemoryTrace,
  Session,
  SessionCounters,
  FunctionStats,
} from "./session";
export { type Config, type ConfigValues, defineConfig } from "./options/config-options";
export { BreadcrumbError } from "./errors";
export type { BreadcrumbErrorCode } from "./errors";
export type { CaptureOptions, CaptureReport } from "./options/capture";
export type { Mode, Overflow, StartOptions } from "./options/options";
export type { DumpOptions, DumpReport, Keep, KeepOptions } from "./options/keep";
export type { RootCondition } from "./options/keep-when";
export type { ValueCondition, ValueOperator } from "./options/value-condition";
export type { RedactOptions } from "./options/redact";
export type { RetentionOptions } from "./options/retention";
export type { ValuesOptions } from "./options/values";
export { checkStore, migrateStore } from "./upkeep";
export type {
  CheckOptions,
  CheckReport,
  Finding,
  FindingKind,
  MigrateOptions,
  MigrateReport,
} from "./upkeep";
