/**
 * `breadcrumb-tracer/query`: reads a store with DuckDB.
 *
 *     import { openStore } from "breadcrumb-tracer/query";
 *     await using store = await openStore();
 *     console.table(await store.stats({ sort: "self", limit: 10 }));
 *
 * Limits: never loads the tracer or its native addon.
 */
export { BreadcrumbError, type BreadcrumbErrorCode } from "../errors";
export type { TraceCall } from "./call-rows";
export type { CallEdgeFilter } from "./call-edges";
export type { CallFilter } from "./call-filter";
export type { CallFamily, CallFamilyOptions } from "./call-family";
export type { CallLevelsOptions } from "./call-levels";
export type { CallPageFilter } from "./calls";
export type { DiffOptions } from "./diff";
export type { ExceptionFilter } from "./exceptions";
export type { ExportOptions } from "./export";
export type { FlameFilter } from "./flame";
export {
  foldedStacks,
  type SpeedscopeFrame,
  type SpeedscopeProfile,
  speedscopeProfile,
} from "./flame-formats";
export type { GapsFilter } from "./gaps";
export type { LinesFilter } from "./lines";
export type { LinksFilter } from "./links";
export type {
  CallPlace,
  ChangedCall,
  Diff,
  DiffSide,
  DivergedCall,
  Divergence,
  ExceptionChange,
  FunctionChange,
  ValueChange,
} from "./diff-result";
export type {
  CallEdge,
  FunctionStats,
  Gaps,
  Series,
  SeriesPoint,
  TimeSeries,
} from "./function-sums";
export type { Flame, FlameNode, Timeline, TimelineLane, TimelineRow } from "./pictures";
export type {
  Call,
  CallStatus,
  CountedFunction,
  ExportFormat,
  ExportResult,
  ExportTable,
  SampleKind,
  FoundPlace,
  Handled,
  JsonValue,
  Page,
  Problem,
  CaughtBy,
  CrossedCall,
  LocalScope,
  RecordedException,
  RelatedError,
  Run,
  RunCounters,
  RunFiles,
  RunStatus,
  SearchField,
  FollowedCall,
  SearchMatch,
  SqlResult,
  TailItem,
  TraceSummary,
  CallLevels,
  LineCount,
  LineRun,
  Link,
  LinkDirection,
  RemoteCall,
  Assigned,
} from "./results";
export { SCHEMA_VERSION } from "./schema";
export type { FollowFilter } from "./follow";
export type { RemoteCalls } from "./remote-calls";
export type { SearchFilter } from "./search";
export type { SeriesFilter } from "./series";
export type { SqlOptions } from "./sql";
export type { SqlParameter, SqlParameters } from "./sql-messages";
export type { StatsFilter, StatsSort } from "./stats";
export type { ChangesOptions, StoreChange } from "./store-changes";
export { openStore, type Store } from "./store";
export type { Tail, TailFilter } from "./tail";
export { type ChromeTrace, chromeTrace } from "./timeline";
export type { TimeLike } from "./timestamps";
export type { TraceOptions } from "./trace";
export type { Trace } from "./trace-tree";
export type { TraceFilter } from "./traces";
export type { ValueCondition, ValueOperator } from "../options/value-condition";
