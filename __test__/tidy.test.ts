/**
 * The repository's own rules, checked over its files: who may import whom, names, lengths, tests
 * that mirror sources, error codes that are documented, generated files that say so.
 */
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { basename, dirname, join, normalize } from "node:path";
import { describe, expect, test } from "vitest";

const ROOT = join(import.meta.dirname, "..");
/** Lines of code of a source file, without blank lines, comments and tests inside it. */
const MAX_CODE_LINES = 460;
/** Files that may be longer, and why. */
const LONG_FILES: Readonly<Record<string, string>> = {
  "crates/event/src/schema.rs": "the tables of the store: a list, one entry a column",
};
/** Files of this repository, those not committed yet included. */
const files = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard"], {
  cwd: ROOT,
  encoding: "utf8",
})
  .split("\n")
  .filter((path) => path !== "" && existsSync(join(ROOT, path)));

const read = (path: string): string => readFileSync(join(ROOT, path), "utf8");
const sources = files.filter((path) =>
  /^(?:crates|ts|scripts)\/(?!.*\/fixtures\/).*\.(?:rs|ts|mjs)$/.test(path),
);

describe("crates", () => {
  /** Which crates a crate may use. */
  const MAY_USE: Readonly<Record<string, readonly string[]>> = {
    event: [],
    instrument: ["event"],
    sourcemap: [],
    ring: ["event"],
    redact: ["event"],
    store: ["event"],
    recorder: ["event", "ring", "redact", "store"],
    binding: ["event", "instrument", "sourcemap", "ring", "redact", "store", "recorder"],
  };
  /** The crates that may hold unsafe code. */
  const MAY_BE_UNSAFE = ["ring", "binding"];
  const crates = files.flatMap((path) => /^crates\/([^/]+)\/Cargo\.toml$/.exec(path)?.[1] ?? []);

  test.each(crates)("%s uses only crates above it", (crate) => {
    const manifest = read(`crates/${crate}/Cargo.toml`);
    const section = /^\[dependencies\]\n([^[]*)/m.exec(manifest)?.[1] ?? "";
    const used = [...section.matchAll(/^breadcrumb-(\w+)/gm)].map((match) => match[1]);
    expect(MAY_USE[crate]).toEqual(expect.arrayContaining(used));
    expect(manifest).toMatch(/^\[lints\]\nworkspace = true$/m);
  });

  test.each(crates.filter((crate) => !MAY_BE_UNSAFE.includes(crate)))(
    "%s forbids unsafe code",
    (crate) => {
      expect(read(`crates/${crate}/src/lib.rs`)).toMatch(/^#!\[forbid\(unsafe_code\)\]$/m);
    },
  );
});

describe("imports in ts/", () => {
  /** Constants that Rust generates: anyone may use them. */
  const GENERATED = ["ts/native/layout", "ts/query/schema"];
  /**
   * Which parts a part may import. `facade` is what stands in `ts/` itself: register, the API.
   * The CLI may use of it what recovers and starts recordings, inside the commands that need it.
   */
  const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
    errors: [],
    options: ["errors"],
    native: ["errors"],
    runtime: ["native", "errors"],
    edges: ["runtime", "native", "errors"],
    hooks: ["edges", "runtime", "native", "options", "errors"],
    inspector: ["runtime", "native", "options", "errors"],
    facade: ["edges", "hooks", "inspector", "runtime", "native", "options", "errors"],
    control: ["options", "errors"],
    // What carries our code into a process, and that code: the one knows the other by its types.
    attach: ["control", "inspector", "options", "errors", "facade"],
    query: ["options", "errors"],
    mcp: ["attach", "query", "control", "options", "errors"],
    cli: ["attach", "mcp", "query", "control", "options", "errors", "facade"],
  };
  /** npm packages, and the only part that may import each. */
  const PACKAGES: Readonly<Record<string, string>> = {
    "@duckdb/node-api": "query",
    "@modelcontextprotocol/sdk": "mcp",
    zod: "mcp",
    ws: "attach",
    "jsonc-parser": "cli",
    "smol-toml": "cli",
  };
  const modules = files.filter((path) => /^ts\/.*\.ts$/.test(path) && !path.endsWith(".d.ts"));

  test.each(modules)("%s imports only what it may", (path) => {
    const part = partOf(path);
    expect(Object.keys(MAY_IMPORT)).toContain(part);
    for (const name of importsOf(read(path))) {
      if (name.startsWith("node:")) continue;
      if (!name.startsWith(".")) {
        const [scope = "", rest] = name.split("/");
        const packageName = scope.startsWith("@") ? `${scope}/${rest}` : scope;
        expect(PACKAGES[packageName], `${path} imports ${name}`).toBe(part);
        continue;
      }
      const target = normalize(join(dirname(path), name));
      if (GENERATED.includes(target) || partOf(target) === part) continue;
      expect(MAY_IMPORT[part], `${path} imports ${name}`).toContain(partOf(target));
    }
  });
});

describe("files", () => {
  test("are named after what they hold", () => {
    const vague = /(?:^|\/)(?:utils?|helpers?|common|misc)(?:\.|\/|$)/;
    expect(files.filter((path) => vague.test(path))).toEqual([]);
    const style = /^(?:.*\/)?(?:[a-z0-9]+(?:-[a-z0-9]+)*)(?:\.[a-z]+)*$/;
    const rust = /^(?:.*\/)?(?:[a-z0-9]+(?:_[a-z0-9]+)*)\.rs$/;
    const misnamed = sources.filter((path) => !(path.endsWith(".rs") ? rust : style).test(path));
    expect(misnamed).toEqual([]);
  });

  test("are short enough to read", () => {
    const long = sources
      .filter((path) => !isGenerated(path) && LONG_FILES[path] === undefined)
      .map((path) => ({ path, lines: codeLines(path) }))
      .filter(({ lines }) => lines > MAX_CODE_LINES);
    expect(long).toEqual([]);
  });

  test("open with a doc comment", () => {
    const opening = /^(?:#!.*\n)?(?:\/\*\*|\/\/!|\/\/ Generated)/;
    expect(sources.filter((path) => !isGenerated(path) && !opening.test(read(path)))).toEqual([]);
  });

  test("that are generated say so on their first line", () => {
    const generated = [...read("crates/event/src/generate.rs").matchAll(/"((?:ts|docs)\/[^"]+)"/g)];
    expect(generated.length).toBeGreaterThan(0);
    for (const [, path = ""] of generated) expect(isGenerated(path), path).toBe(true);
  });

  test("name no place of one machine", () => {
    const places = [ROOT, homedir()].filter((place) => place.length > 1);
    const named = files
      .filter((path) => /\.(?:rs|[cm]?[jt]s|json|toml|md)$/.test(path))
      .filter((path) => places.some((place) => read(path).includes(`${place}/`)));
    expect(named).toEqual([]);
  });
});

describe("tests", () => {
  test("mirror the sources", () => {
    /** Tests of the repository or of the package as a whole. */
    const whole =
      /^__test__\/(?:(?:tidy|clock|code-cache|leaves|lines|recording|exceptions|exception-places|governor|keep|order|propagation|source-maps|traces|variables|edges\/two-services)\.test\.ts|(?:conformance|e2e|engines|redaction|bench|examples|exit|fuzz|long-run|store|mcp\/whole)\/)/;
    const strays = files
      .filter((path) => /^__test__\/.*\.test\.ts$/.test(path) && !whole.test(path))
      .filter((path) => {
        const source = path.replace(/^__test__/, "ts").replace(/\.test\.ts$/, "");
        return !existsSync(join(ROOT, `${source}.ts`)) && !existsSync(join(ROOT, source));
      });
    expect(strays).toEqual([]);
  });

  test("leave nothing out", () => {
    const silenced = /\b(?:it|test|describe)\.(?:skip|only|todo)\b|#\[ignore/;
    const tests = files.filter((path) => /\.test\.ts$|^crates\/.*\.rs$/.test(path));
    const own = basename(import.meta.filename);
    expect(tests.filter((path) => !path.endsWith(own) && silenced.test(read(path)))).toEqual([]);
  });
});

describe("error codes", () => {
  const codes = new Set(read("ts/errors.ts").match(/BC_ERR_[A-Z_]+/g));
  const texts = (pattern: RegExp): string[] => files.filter((path) => pattern.test(path)).map(read);

  test("of the addon are codes of the API", () => {
    const used = texts(/^crates\/.*\.rs$/).flatMap((text) => text.match(/BC_ERR_[A-Z_]+/g) ?? []);
    expect([...codes]).toEqual(expect.arrayContaining([...new Set(used)]));
  });

  test.each([...codes])("%s is in docs/errors.md and in a test", (code) => {
    expect(read("docs/errors.md")).toContain(`\`${code}\``);
    const tests = texts(/^__test__\/.*\.test\.ts$|^crates\/.*\.rs$/);
    const tidy = read("__test__/tidy.test.ts");
    expect(tests.some((text) => text !== tidy && text.includes(code))).toBe(true);
  });
});

/** The part of `ts/` that a file belongs to. */
function partOf(path: string): string {
  const [, part = "", rest] = path.replace(/\.ts$/, "").split("/");
  if (rest !== undefined) return part;
  return part === "errors" ? "errors" : "facade";
}

/** What a module's text imports: static, dynamic, and types. */
function importsOf(text: string): string[] {
  const code = text.replaceAll(/^\s*(?:\/\*\*[\s\S]*?\*\/|\/\/.*)$/gm, "");
  const statements = code.matchAll(/^(?:import|export)\s(?:[\w$*\s{},]*\sfrom\s)?"([^"]+)"/gm);
  const expressions = code.matchAll(/\b(?:import|require)\("([^"\s]+)"\)/g);
  return [...statements, ...expressions].map((match) => match[1] ?? "");
}

function isGenerated(path: string): boolean {
  const [first = ""] = read(path).split("\n", 1);
  return /generated/i.test(first);
}

/** Lines without blank ones, comments, and the tests at the end of a Rust file. */
function codeLines(path: string): number {
  const [code = ""] = read(path).split(/^#\[cfg\(test\)\]\nmod \w+ \{/m, 1);
  return code.split("\n").filter((line) => !/^\s*(?:$|\/\/|\/?\*)/.test(line)).length;
}
