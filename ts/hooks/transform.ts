/**
 * One file's text through the instrumenter, whichever hook brought it.
 *
 * Never throws: whatever goes wrong, the text is returned as it was.
 */
import { libraryOf, told } from "../edges/library-files";
import { native } from "../native/load";
import { editRunner, isUnknownRunner, UNKNOWN_RUNNER } from "./runners";

/** How Node will read the text. */
export type SourceKind = "commonjs" | "module" | "commonjs-typescript" | "module-typescript";

/** Called once, before the first file is instrumented: begins to record. False: leave all alone. */
let begin: () => boolean = () => true;

/** Sets what is to be done before the first file is instrumented. */
export function onFirstFile(action: () => boolean): void {
  let answer: boolean | undefined;
  begin = () => (answer ??= action());
}

/** Is told each text first. */
let heed: (source: string) => void = () => {};

/** Sets what is told each text before it is compiled, with probes or without. */
export function onText(action: (source: string) => void): void {
  heed = action;
}

/**
 * Whether V8's coverage of this process is written down, by `c8` or Node's own test runner: ranges
 * of a text with probes are others, in number too, so they cannot be mapped back exactly.
 */
const isMeasured =
  Boolean(process.env["NODE_V8_COVERAGE"]) ||
  /(?:^|\s)--experimental-test-coverage(?:\s|$)/.test(
    `${process.env["NODE_OPTIONS"] ?? ""} ${process.execArgv.join(" ")}`,
  );
const MEASURED = "coverage is measured (NODE_V8_COVERAGE): its ranges are those of the plain text";

/**
 * The text with probes, or the text itself.
 *
 * @param path absolute path of the file
 * @param head what Node will put before the text
 */
export function transform(source: string, path: string, kind: SourceKind, head = ""): string {
  try {
    heed(source);
    const text = editRunner(source, path);
    if (isUnknownRunner(source, path)) native.leaveAlone(path, UNKNOWN_RUNNER);
    const library = kind === "commonjs" ? libraryOf(path) : undefined;
    const probed = withProbes(source, text, path, kind, head);
    return library === undefined ? probed : told(probed, library);
  } catch {
    return source;
  }
}

function withProbes(
  source: string,
  text: string,
  path: string,
  kind: SourceKind,
  head: string,
): string {
  if (!native.selects(path) && !selectsByMap(source, path)) return text;
  if (!begin()) return text;
  if (isMeasured) {
    native.leaveAlone(path, MEASURED);
    return text;
  }
  return native.instrument(text, path, kind, head).code ?? text;
}

const MAP = "sourceMappingURL=";

/**
 * Whether a file is chosen by what it was built from: `include: ["src/**"]` means `dist/app.js`,
 * too. Only a text that names a map goes to the addon.
 */
function selectsByMap(source: string, path: string): boolean {
  return source.includes(MAP) && native.selectsByMap(source, path);
}
