import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { readConfigFile } from "../../ts/options/config-file";

/** A folder with these files; they are folders where they end in a slash. */
function tree(files: Readonly<Record<string, string>>): string {
  const root = mkdtempSync(join(tmpdir(), "config-"));
  for (const [name, text] of Object.entries(files)) {
    const path = join(root, name);
    mkdirSync(name.endsWith("/") ? path : dirname(path), { recursive: true });
    if (!name.endsWith("/")) writeFileSync(path, text);
  }
  return root;
}
const JSON_FILE = '{ "include": ["json"] }';
const included = (cwd: string, env = {}) => readConfigFile(cwd, env)?.config.include?.[0];

test.each([
  ["breadcrumb.config.ts", "const x: string[] = ['it']; export default { include: x };"],
  ["breadcrumb.config.mjs", "console.log('noise'); export default { include: ['it'] };"],
  ["breadcrumb.config.cjs", "module.exports = { include: ['it'] };"],
  ["breadcrumb.config.json", '{ "include": ["it"] }'],
  ["package.json", '{ "name": "x", "breadcrumb": { "include": ["it"] } }'],
])("%s", (name, text) => {
  const root = tree({ "package.json": "{}", [name]: text });
  expect(readConfigFile(root, {})).toMatchObject({ file: join(root, name), folder: root });
  expect(included(root)).toBe("it");
});

test("the nearest folder counts, as far as the repository, else the project, reaches", () => {
  const repository = tree({
    "breadcrumb.config.json": JSON_FILE,
    ".git/": "",
    "packages/a/package.json": "{}",
    "packages/a/src/": "",
    "packages/b/package.json": '{ "breadcrumb": { "include": ["b"] } }',
  });
  expect(included(join(repository, "packages/a/src"))).toBe("json");
  expect(included(join(repository, "packages/b"))).toBe("b");
  const alone = tree({
    "breadcrumb.config.json": JSON_FILE,
    "app/package.json": "{}",
    "app/src/": "",
    "bare/": "",
  });
  expect(readConfigFile(join(alone, "app/src"), {})).toBeNull();
  expect(readConfigFile(join(alone, "bare"), {})).toBeNull();
  expect(included(alone)).toBe("json");
});

test("BREADCRUMB_CONFIG names it, or is off", () => {
  const root = tree({
    "breadcrumb.config.json": JSON_FILE,
    "other/mine.json": '{ "include": ["mine"] }',
  });
  expect(readConfigFile(root, { BREADCRUMB_CONFIG: "off" })).toBeNull();
  expect(included(root, { BREADCRUMB_CONFIG: "other/mine.json" })).toBe("mine");
  expect(() => readConfigFile(root, { BREADCRUMB_CONFIG: "gone.json" })).toThrow("there is no");
});

test.each([
  ["breadcrumb.config.json", "{", "cannot be read"],
  ["breadcrumb.config.json", '{ "incldue": [] }', 'did you mean "include"?'],
  ["package.json", '{ "breadcrumb": { "incldue": [] } }', '"breadcrumb" in '],
  ["breadcrumb.config.mjs", "throw new RangeError('no');", "cannot be evaluated: RangeError: no"],
  ["breadcrumb.config.mjs", "export const x = 1;", "is an object of options; got undefined"],
  ["breadcrumb.config.cjs", "process.exit(3)", "it ended with exit code 3"],
])("%s that is %j", (name, text, message) => {
  const root = tree({ "package.json": "{}", [name]: text });
  expect(() => readConfigFile(root, {})).toThrow(message);
  expect(() => readConfigFile(root, {})).toThrow(join(root, name));
});

test("a package.json that cannot be read says nothing", () => {
  expect(readConfigFile(tree({ "package.json": '{ "breadcrumb": ' }), {})).toBeNull();
});
