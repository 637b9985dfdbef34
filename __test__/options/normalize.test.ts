import { EDGE_HTTP, EDGE_SQL } from "../../ts/native/layout";
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { forwardSlashes, normalize, projectRoot, storeFolder } from "../../ts/options/normalize";

const root = mkdtempSync(join(tmpdir(), "normalize-"));
writeFileSync(join(root, "package.json"), "{}");
mkdirSync(join(root, "a", "b"), { recursive: true });
const deep = join(root, "a", "b");

const at = {
  cwd: deep,
  env: {} as Record<string, string | undefined>,
  main: undefined,
  ownFolder: "/own",
  argv: ["node"],
  all: false,
};

describe("normalize", () => {
  it("fills in defaults from the project's root", () => {
    const options = normalize({}, at);
    expect(options).toMatchObject({ root, include: null, exclude: [], overflow: "drop", mode: 3 });
    expect(options.store).toBe(join(root, ".breadcrumb"));
  });

  it("counts the main script's project as the program's own, but no dependency's", () => {
    const of = (main: string): unknown => normalize({}, { ...at, main }).mainRoot;
    expect(of(join(deep, "main.js"))).toBe(root);
    expect(of(join(root, "node_modules", "runner", "worker.js"))).toBe(null);
    expect(of("C:\\app\\node_modules\\runner\\worker.js")).toBe(null);
  });

  it("takes options before the environment", () => {
    const env = { BREADCRUMB_INCLUDE: "x/**, npm:y", BREADCRUMB_MODE: "count" };
    expect(normalize({}, { ...at, env })).toMatchObject({ include: ["x/**", "npm:y"], mode: 1 });
    expect(normalize({ include: ["z"], mode: "time" }, { ...at, env })).toMatchObject({
      include: ["z"],
      mode: 2,
    });
  });

  it("takes the clock and leaves from options, the environment, the configuration", () => {
    const config = {
      values: { clock: "coarse", leaves: "skip", leafSize: 80 },
      folder: root,
    } as const;
    const longest = 2 ** 32 - 1;
    expect(normalize({}, at)).toMatchObject({ clock: "auto", leaves: { how: "record", longest } });
    const configured = { clock: "coarse", leaves: { how: "skip", longest: 80 } };
    expect(normalize({}, { ...at, config })).toMatchObject(configured);
    const env = {
      BREADCRUMB_CLOCK: "exact",
      BREADCRUMB_LEAVES: "count",
      BREADCRUMB_LEAF_SIZE: "9",
    };
    const said = { clock: "exact", leaves: { how: "count", longest: 9 } };
    expect(normalize({}, { ...at, config, env })).toMatchObject(said);
    const given = { clock: "auto", leaves: "record", leafSize: 7 } as const;
    expect(normalize(given, { ...at, config, env })).toMatchObject({
      clock: "auto",
      leaves: { how: "record", longest: 7 },
    });
  });

  it.each([
    ["lines", "BREADCRUMB_LINES"],
    ["variables", "BREADCRUMB_VARIABLES"],
  ] as const)("takes %s from options, the environment, the configuration", (name, variable) => {
    const config = { values: { [name]: true }, folder: null };
    const env = { [variable]: "0" };
    const of = (...given: Parameters<typeof normalize>) => normalize(...given)[name];
    expect(of({}, at)).toBe(false);
    expect(of({}, { ...at, config })).toBe(true);
    expect(of({}, { ...at, config, env })).toBe(false);
    expect(of({ [name]: true }, { ...at, config, env })).toBe(true);
    expect(of({}, { ...at, env: { [variable]: "1" } })).toBe(true);
    expect(() => of({ [name]: 1 as never }, at)).toThrow(`"${name}" must be true or false`);
  });

  it("takes edges from options, the environment, the configuration", () => {
    const config = { values: { edges: true }, folder: null };
    const of = (...given: Parameters<typeof normalize>) => normalize(...given).edges;
    expect(of({}, at)).toBe(0);
    expect(of({}, { ...at, config })).toBe(EDGE_HTTP | EDGE_SQL);
    expect(of({}, { ...at, config, env: { BREADCRUMB_EDGES: "sql" } })).toBe(EDGE_SQL);
    expect(of({ edges: ["http"] }, { ...at, env: { BREADCRUMB_EDGES: "sql" } })).toBe(EDGE_HTTP);
    expect(of({ edges: false }, { ...at, config })).toBe(0);
    expect(() => of({ edges: "http" as never }, at)).toThrow(
      'Option "edges" is all, none or some of',
    );
    expect(() => of({ edges: ["ftp" as never] }, at)).toThrow('got "ftp"');
    expect(() => of({}, { ...at, env: { BREADCRUMB_EDGES: "some" } })).toThrow("BREADCRUMB_EDGES");
  });

  it("lets requests go out with the ids of their trace, unless told", () => {
    const config = { values: { propagate: false }, folder: null };
    const of = (...given: Parameters<typeof normalize>) => normalize(...given).propagate;
    expect(of({}, at)).toBe(true);
    expect(of({}, { ...at, config })).toBe(false);
    expect(of({}, { ...at, config, env: { BREADCRUMB_PROPAGATE: "1" } })).toBe(true);
    expect(of({ propagate: false }, { ...at, env: { BREADCRUMB_PROPAGATE: "1" } })).toBe(false);
  });

  it.each([
    ["BREADCRUMB_KEEP", "now and then", "BREADCRUMB_KEEP is all, none, or some of "],
    ["BREADCRUMB_KEEP", "150%", "BREADCRUMB_KEEP: share is "],
    ["BREADCRUMB_RETENTION", "age=soon", "BREADCRUMB_RETENTION: age is a time such as 30d"],
    ["BREADCRUMB_MODE", "all", "BREADCRUMB_MODE must be one of "],
    ["BREADCRUMB_OVERHEAD", "2", "BREADCRUMB_OVERHEAD is a share of "],
    ["BREADCRUMB_VALUES", "depth=x", "BREADCRUMB_VALUES"],
    ["BREADCRUMB_REDACT", "some", "BREADCRUMB_REDACT"],
    ["BREADCRUMB_LOCALS", "yes", "BREADCRUMB_LOCALS must be 1 or 0"],
    ["BREADCRUMB_LINES", "all", "BREADCRUMB_LINES must be 1 or 0"],
    ["BREADCRUMB_CLOCK", "wall", "BREADCRUMB_CLOCK must be one of auto, coarse, exact; got wall"],
    ["BREADCRUMB_LEAVES", "drop", "BREADCRUMB_LEAVES must be one of record, count, skip; got drop"],
    ["BREADCRUMB_LEAF_SIZE", "1k", "BREADCRUMB_LEAF_SIZE must be a number of characters"],
  ])("says that it is %s that is wrong, where it is %j", (name, value, message) => {
    const env = { [name]: value };
    expect(() => normalize({}, { ...at, env })).toThrow(message);
  });

  it("takes no samples into memory, whatever the environment and the configuration say", () => {
    const config = { values: { samples: true }, folder: null };
    const env = { BREADCRUMB_SAMPLES: "cpu" };
    const store = ":memory:";
    expect(normalize({ store }, { ...at, config, env }).samples).toBeNull();
    expect(normalize({ store, samples: false }, { ...at, env }).samples).toBeNull();
    expect(normalize({}, { ...at, env }).samples).toMatchObject({ cpu: true, heap: false });
  });

  it("refuses what it does not know, and says what it does", () => {
    const bad: [object, RegExp][] = [
      [{ includes: ["a"] }, /Unknown option "includes"; the options are include, /],
      [{ include: "src" }, /"include" must be an array/],
      [{ samples: true, store: ":memory:" }, /"samples" needs a store in a folder: :memory: keeps/],
      [
        { include: ["src/a.js:total"] },
        /"include" takes files, and "src\/a.js:total" names a funct/,
      ],
      [{ include: [":total"] }, /":total" names a function: name its file, and choose functions/],
      [
        { exclude: ["npm:zod:parse"] },
        /"exclude" takes files, and "npm:zod:parse" names a function/,
      ],
      [{ overflow: "wait" }, /"overflow" must be one of block, drop; got wait/],
      [{ mode: "all" }, /"mode" must be one of/],
      [{ maxCalls: -1 }, /"maxCalls" must be a positive integer/],
      [{ store: "" }, /"store" must be a folder/],
    ];
    for (const [options, message] of bad) {
      const call = (): unknown => normalize(options, at);
      expect(call).toThrow(message);
      expect(call).toThrow(expect.objectContaining({ code: "BC_ERR_BAD_OPTION" }));
    }
  });
});

describe("storeFolder", () => {
  it("finds the nearest store upwards, else takes the project's root", () => {
    expect(storeFolder(undefined, deep, undefined)).toBe(join(root, ".breadcrumb"));
    mkdirSync(join(root, "a", ".breadcrumb"));
    writeFileSync(join(root, "a", ".breadcrumb", "store.json"), "{}");
    expect(storeFolder(undefined, deep, undefined)).toBe(join(root, "a", ".breadcrumb"));
    expect(storeFolder(undefined, deep, "env")).toBe(join(deep, "env"));
    expect(storeFolder("/given", deep, "env")).toBe("/given");
    expect(storeFolder(":memory:", deep, "env")).toBe(":memory:");
  });
});

describe("projectRoot", () => {
  it("is the folder itself where nothing marks a project", () => {
    expect(projectRoot("/nowhere/at/all")).toBe("/nowhere/at/all");
  });
});

describe("forwardSlashes", () => {
  it("reads a pattern of Windows as a path, and no other", () => {
    const windows = String.raw`src\gen\**`;
    expect(forwardSlashes(windows, "\\")).toBe("src/gen/**");
    expect(forwardSlashes(windows, "/")).toBe(windows);
    expect(forwardSlashes("npm:@scope/name", "\\")).toBe("npm:@scope/name");
  });
});
