/**
 * Bundles `ts/` to CommonJS in `dist/`.
 *
 * Code that several entries share, `ts/runtime` above all, goes to one chunk: `.` and `./register`
 * must be one tracer in a process, not two copies of it. esbuild splits only ES modules, so each
 * chunk is turned into CommonJS afterwards. (tsup's own way, `format: "cjs"` with `splitting`, does
 * that with sucrase, which also rewrites `?.` and `??` to calls and `import()` to `require()`.)
 */
import { transform } from "esbuild";
import { existsSync } from "node:fs";
import { defineConfig } from "tsup";

const TARGET = "node20.19";
/** An entry without chunks: under `--permission` it is the one file of ours that Node may read. */
const ALONE = { register: "ts/register.ts" };
/** Entries with types: what `exports` of package.json names. */
const PUBLIC = {
  index: "ts/index.ts",
  query: "ts/query/index.ts",
};
/** Entries that only Breadcrumb itself loads. */
const PRIVATE = {
  // Loaded by path at run time, so that a missing addon can be told apart and survived.
  core: "ts/core.ts",
  // By path, too: see ALONE.
  preload: "ts/preload.ts",
  // Loaded by path in the processes that are attached to.
  "attach-target": "ts/attach/target.ts",
  cli: "ts/cli/main.ts",
  "hooks-thread": "ts/hooks/hooks-thread.ts",
  "sql-process": "ts/query/sql-process.ts",
};

const types = defineConfig({
  entry: present({ ...PUBLIC, ...ALONE }),
  format: "cjs",
  dts: { only: true },
});

const alone = defineConfig({
  entry: present(ALONE),
  format: "cjs",
  platform: "node",
  target: TARGET,
  splitting: false,
});

const code = defineConfig({
  entry: present({ ...PUBLIC, ...PRIVATE }),
  format: "esm",
  outExtension: () => ({ js: ".js" }),
  platform: "node",
  target: TARGET,
  splitting: true,
  // Constants of other modules become numbers: `ts/runtime` reads those of the ring's layout several
  // times a call, and a chunk's exports are getters.
  esbuildOptions(options) {
    options.minifySyntax = true;
  },
  plugins: [
    {
      name: "commonjs",
      async renderChunk(module) {
        const result = await transform(module, {
          format: "cjs",
          platform: "node",
          target: TARGET,
          banner: '"use strict";',
        });
        return { code: result.code };
      },
    },
  ],
});

export default [code, alone, types].flat();

/** The entries that exist, so that one part can be built before another is written. */
function present(entries: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(entries).filter(([, file]) => existsSync(file)));
}
