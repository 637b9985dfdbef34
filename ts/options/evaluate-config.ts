/**
 * What a configuration that is code exports, as data.
 *
 *     evaluateConfig("/app/breadcrumb.config.mjs")   // { include: ["src/**"] }
 *
 * In a Node.js of its own, without our preload and the program's. Limits: what JSON has no word for is lost;
 * TypeScript as far as Node.js itself takes types away, from 22.12 on.
 */
import { pathToFileURL } from "node:url";
import { badOption } from "../errors";

/** What takes longer is not waited for. */
const PATIENCE_MS = 10_000;
/** In front of the answer: the file may print as well. */
const MARK = "breadcrumb-config:";
const PROGRAM = `import(process.argv[1]).then(
  ({ default: exported }) => {
    const config = exported?.__esModule ? exported.default : exported;
    process.stdout.write(${JSON.stringify(`\n${MARK}`)} + JSON.stringify({ config }) + "\\n", () => process.exit());
  },
  (error) => {
    process.stderr.write(String(error?.stack ?? error));
    process.exit(1);
  },
)`;

/** The value. Throws `BC_ERR_BAD_OPTION`. */
export function evaluateConfig(file: string): unknown {
  const flags = file.endsWith(".ts") ? typeFlags(file) : [];
  // Only where it is needed: a program that is recorded must not pay for it.
  const { spawnSync } = process.getBuiltinModule("node:child_process");
  const { NODE_OPTIONS: _options, ...env } = process.env;
  const { status, stdout, stderr, error } = spawnSync(
    process.execPath,
    [...flags, "--eval", PROGRAM, "--", pathToFileURL(file).href],
    { encoding: "utf8", env, timeout: PATIENCE_MS, windowsHide: true },
  );
  const answer = stdout?.split("\n").findLast((line) => line.startsWith(MARK));
  if (status === 0 && answer !== undefined) {
    return (JSON.parse(answer.slice(MARK.length)) as { config?: unknown }).config;
  }
  const reason =
    error?.message ??
    stderr
      .trim()
      .split("\n")
      .find((line) => /Error/.test(line));
  throw badOption(`${file} cannot be evaluated: ${reason ?? `it ended with exit code ${status}`}`);
}

/** What lets this Node.js read types. Throws `BC_ERR_BAD_OPTION` where nothing does. */
function typeFlags(file: string): string[] {
  if (process.features.typescript) return ["--disable-warning=ExperimentalWarning"];
  if (process.allowedNodeEnvironmentFlags.has("--experimental-strip-types")) {
    return ["--experimental-strip-types", "--disable-warning=ExperimentalWarning"];
  }
  throw badOption(
    `${file}: Node.js ${process.version} does not read TypeScript. Use Node.js 22.12 or newer, or write it as breadcrumb.config.mjs or .json`,
  );
}
