/**
 * `breadcrumb init`: a configuration file and an entry in .gitignore, shown before they are written.
 *
 * Limits: what is there already is left as it is; doing it again changes nothing.
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { createInterface } from "node:readline/promises";
import { BreadcrumbError } from "../errors";
import { projectRoot } from "../options/normalize";
import { loadConfig } from "../options/resolve-config";
import { text } from "./arguments";
import type { ProjectContext } from "./command";
import { printable } from "./printable";

const SCHEMA = "./node_modules/breadcrumb-tracer/config.schema.json";
const PACKAGE = "breadcrumb-tracer";
const IGNORED = ".breadcrumb/";
/** Files by format. */
const TEMPLATES: Readonly<Record<string, string>> = {
  json: `${JSON.stringify({ $schema: SCHEMA, exclude: [] }, null, 2)}\n`,
  mjs: `/** @type {import(${JSON.stringify(PACKAGE)}).Config} */
export default {
  exclude: [],
};
`,
  cjs: `/** @type {import(${JSON.stringify(PACKAGE)}).Config} */
module.exports = {
  exclude: [],
};
`,
  ts: `import { defineConfig } from "${PACKAGE}";

export default defineConfig({
  exclude: [],
});
`,
};

/** A file before and after. */
interface Change {
  readonly file: string;
  /** null: there is none. */
  readonly before: string | null;
  /** What is added at its end. */
  readonly added: string;
}

/** The command `init`. */
export async function init({ output, values }: ProjectContext): Promise<number> {
  const format = text(values, "format") ?? "json";
  const template = Object.hasOwn(TEMPLATES, format) ? TEMPLATES[format] : undefined;
  if (template === undefined) {
    throw new BreadcrumbError(
      "BC_ERR_BAD_OPTION",
      `--format is one of ${Object.keys(TEMPLATES).join(", ")}: got ${JSON.stringify(format)}`,
    );
  }
  const changes = changesFor(projectRoot(process.cwd()), `breadcrumb.config.${format}`, template);
  const isWritten = values["dry-run"] !== true;
  if (values["json"]) {
    if (isWritten) for (const change of changes) write(change);
    const shown = changes.map(({ file, before, added }) => ({
      file,
      isNew: before === null,
      added,
    }));
    output.json({ changes: shown, written: isWritten });
    return 0;
  }
  if (changes.length === 0) {
    output.line("Nothing to do: the configuration and the entry in .gitignore are there.");
    return 0;
  }
  for (const { file, before, added } of changes) {
    const name = printable(relative(process.cwd(), file));
    output.line(output.paint.bold(`${name}${before === null ? " (new)" : ""}`));
    for (const line of added.trimEnd().split("\n")) output.line(output.paint.green(`+ ${line}`));
  }
  if (!isWritten) return 0;
  if (values["yes"] !== true && !(await isAgreed(output))) {
    output.line("Nothing was written.");
    return 0;
  }
  for (const change of changes) write(change);
  output.line("Written. Next: breadcrumb run app.js");
  return 0;
}

function changesFor(root: string, name: string, template: string): Change[] {
  const changes: Change[] = [];
  const { file } = loadConfig({ cwd: root, env: { BREADCRUMB_CONFIG: undefined } });
  if (file === null) changes.push({ file: join(root, name), before: null, added: template });
  const ignore = join(root, ".gitignore");
  const before = existsSync(ignore) ? readFileSync(ignore, "utf8") : null;
  if (!/^\/?\.breadcrumb\/?\s*$/m.test(before ?? "")) {
    const gap = before === null || before === "" || before.endsWith("\n") ? "" : "\n";
    changes.push({ file: ignore, before, added: `${gap}${IGNORED}\n` });
  }
  return changes;
}

function write({ file, before, added }: Change): void {
  // One that has come meanwhile is somebody's.
  writeFileSync(file, `${before ?? ""}${added}`, { flag: before === null ? "wx" : "w" });
}

/** Asks on a terminal; elsewhere whoever calls it has agreed. */
async function isAgreed(output: ProjectContext["output"]): Promise<boolean> {
  const { stdin, stdout } = output.streams;
  if (!output.isTerminal || stdin?.isTTY !== true) return true;
  await output.flush();
  const questions = createInterface({ input: stdin, output: stdout });
  const answer = await questions.question("Write? [Y/n] ");
  questions.close();
  return /^(?:y(?:es)?)?$/i.test(answer.trim());
}
