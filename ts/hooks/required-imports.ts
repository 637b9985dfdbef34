/**
 * ES modules that a *required* ES module imports, on Node 20: it loads them without asking any hook.
 *
 *     require("./a.mjs") → import "./b.mjs" → Node's defaultLoadSync(url) → we: its text with probes
 *
 * `defaultLoadSync` is taken from the exports of Node's own module when it is called for the first
 * time, so it is replaced there before the first such module is compiled: programs that require none
 * do not pay for it. It has returned before the text is compiled, so no frame of ours shows.
 * Limits: where Node's own modules cannot be reached (`ts/runtime/node-internals.ts`), or such a
 * module was required before we were loaded, those files have no probes.
 */
import Module from "node:module";
import { closedOver } from "../runtime/node-internals";
import { withProbes } from "./modules";
import type { SourceKind } from "./transform";

type Load = (url: string, context: object) => Parameters<typeof withProbes>[1];
type Require = (name: "internal/modules/esm/load") => { defaultLoadSync: Load };

const { createRequire } = Module;
/** Statements that only ES modules have; a line of a comment may look like one, which costs time. */
const STATEMENT = /^[ \t]*(?:import\b(?![ \t]*[(.])|export\b)/m;

let isExpected = !process.versions.node.startsWith("20.");

/** Is told each text that is required, before it is compiled. */
export function expectImports(text: string, kind: SourceKind): void {
  if (isExpected || (kind !== "module" && !STATEMENT.test(text))) return;
  isExpected = true;
  const { require } = closedOver(createRequire, ["require"]) as { require?: Require };
  const loader = require?.("internal/modules/esm/load");
  const load = loader?.defaultLoadSync;
  if (loader === undefined || typeof load !== "function") return;
  loader.defaultLoadSync = (url, context) => withProbes(url, load(url, context));
}
