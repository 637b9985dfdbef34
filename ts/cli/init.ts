/**
 * `breadcrumb init`: a configuration file, an entry in .gitignore, and what agents need to know, shown
 * before they are written.
 *
 * Limits: what is there already is left as it is; doing it again changes nothing.
 */
import { join, relative } from "node:path";
import { createInterface } from "node:readline/promises";
import { badOption } from "../errors";
import { projectRoot } from "../options/normalize";
import { loadConfig } from "../options/resolve-config";
import { text, texts } from "./arguments";
import type { ProjectContext } from "./command";
import { changedTexts, changeLines, type FileChange, readText, writeChange } from "./file-change";
import type { JsonDocuments } from "./json-documents";
import type { Output } from "./output";
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

/** The command `init`. */
export async function init({ output, values }: ProjectContext): Promise<number> {
  const root = projectRoot(process.cwd());
  const changes = await changesFor(root, values);
  const isWritten = values["dry-run"] !== true;
  const write = () => changes.forEach((change) => writeChange(change, root));
  if (values["json"]) {
    if (isWritten) write();
    output.json({
      changes: changes.map(changeRecord),
      written: isWritten,
    } satisfies JsonDocuments["init"]);
    return 0;
  }
  const isRemoval = values["remove"] === true;
  if (changes.length === 0) {
    output.line(
      `Nothing to do: ${isRemoval ? "there is nothing of ours" : "what it would write is there"}.`,
    );
    return 0;
  }
  for (const change of changes) show(change, output);
  if (!isWritten) return 0;
  if (values["yes"] !== true && !(await isAgreed(output))) {
    output.line("Nothing was written.");
    return 0;
  }
  write();
  output.line(isRemoval ? "Removed." : "Written. Next: breadcrumb run app.js");
  return 0;
}

/** What changes, all of it: what cannot be changed is known before anything is written. */
async function changesFor(root: string, values: ProjectContext["values"]): Promise<FileChange[]> {
  const names = [...new Set(texts(values, "agent"))];
  if (values["remove"] !== true) {
    const changes = configChanges(root, text(values, "format") ?? "json");
    if (names.length === 0) return changes;
    const { setUp } = await import("./agents/agents");
    return [...changes, ...setUp(root, names)];
  }
  if (names.length === 0) throw badOption("--remove needs --agent: whose files?");
  const { takeAway } = await import("./agents/agents");
  return takeAway(root, names);
}

function configChanges(root: string, format: string): FileChange[] {
  const template = Object.hasOwn(TEMPLATES, format) ? TEMPLATES[format] : undefined;
  if (template === undefined) {
    throw badOption(
      `--format is one of ${Object.keys(TEMPLATES).join(", ")}: got ${JSON.stringify(format)}`,
    );
  }
  const changes: FileChange[] = [];
  const { file } = loadConfig({ cwd: root, env: { BREADCRUMB_CONFIG: undefined } });
  if (file === null) {
    const name = `breadcrumb.config.${format}`;
    changes.push({ file: join(root, name), before: null, after: template });
  }
  const ignore = join(root, ".gitignore");
  const before = readText(ignore);
  if (!/^\/?\.breadcrumb\/?\s*$/m.test(before ?? "")) {
    const gap = before === null || before === "" || before.endsWith("\n") ? "" : "\n";
    changes.push({ file: ignore, before, after: `${before ?? ""}${gap}${IGNORED}\n` });
  }
  return changes;
}

function show(change: FileChange, output: Output): void {
  const name = printable(relative(process.cwd(), change.file));
  const what = change.before === null ? " (new)" : change.after === null ? " (removed)" : "";
  const { paint } = output;
  output.line(paint.bold(`${name}${what}`));
  const colors: Readonly<Record<string, (text: string) => string>> = {
    "+": paint.green,
    "-": paint.red,
  };
  for (const each of changeLines(change)) {
    const words = printable(each);
    output.line((colors[each[0] ?? ""] ?? paint.dim)(words));
  }
}

function changeRecord(change: FileChange) {
  const { file, before, after } = change;
  return { file, isNew: before === null, isRemoved: after === null, ...changedTexts(change) };
}

/** Asks on a terminal; elsewhere whoever calls it has agreed. */
async function isAgreed(output: Output): Promise<boolean> {
  const { stdin, stdout } = output.streams;
  if (!output.isTerminal || stdin?.isTTY !== true) return true;
  await output.flush();
  const questions = createInterface({ input: stdin, output: stdout });
  const answer = await questions.question("Write? [Y/n] ");
  questions.close();
  return /^(?:y(?:es)?)?$/i.test(answer.trim());
}
