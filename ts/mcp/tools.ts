/**
 * Every tool, in the order in which they are listed: what is mostly asked first.
 */
import type { Tool } from "./tool";
import { attach } from "./tools/attach";
import { analyzePerformance } from "./tools/analyze-performance";
import { describeSchema } from "./tools/describe-schema";
import { diffRuns } from "./tools/diff-runs";
import { dumpTraces } from "./tools/dump-traces";
import { explainCall } from "./tools/explain-call";
import { findCalls } from "./tools/find-calls";
import { findExceptions } from "./tools/find-exceptions";
import { findGaps } from "./tools/find-gaps";
import { getSourceWithValues } from "./tools/get-source-with-values";
import { getTrace } from "./tools/get-trace";
import { getValue } from "./tools/get-value";
import { listRuns } from "./tools/list-runs";
import { queryTraces } from "./tools/query-traces";
import { record } from "./tools/record";
import { runSql } from "./tools/run-sql";
import { searchValues } from "./tools/search-values";
import { startTracing } from "./tools/start-tracing";
import { stopTracing } from "./tools/stop-tracing";
import { waitFor } from "./tools/wait-for";

/** The tools. */
export const TOOLS: readonly Tool[] = [
  listRuns,
  queryTraces,
  getTrace,
  findExceptions,
  explainCall,
  findCalls,
  searchValues,
  getSourceWithValues,
  getValue,
  analyzePerformance,
  diffRuns,
  findGaps,
  runSql,
  describeSchema,
  record,
  attach,
  startTracing,
  stopTracing,
  dumpTraces,
  waitFor,
];
