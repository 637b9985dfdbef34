/** Loaders of the program's own, registered after ours: their text gets the probes. */
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { openStore } from "../../ts/query/index";
import { nodes, project, register, run } from "../support/program";

const REPLACE = `(text) => String(text).replace("@@", "return ")`;
const FILES = {
  "thread.mjs": `export async function load(url, context, next) {
      const loaded = await next(url, context);
      return url.endsWith("part.mjs") ? { ...loaded, source: (${REPLACE})(loaded.source) } : loaded;
    }`,
  "register.mjs": `import Module, { register, registerHooks } from "node:module";
    if (process.argv.includes("sync")) {
      registerHooks({ load(url, context, next) {
        const loaded = next(url, context);
        return url.endsWith("part.mjs") ? { ...loaded, source: (${REPLACE})(loaded.source) } : loaded;
      } });
      console.log(registerHooks.name, registerHooks.length, registerHooks === Module.registerHooks);
      console.log(String(registerHooks));
    } else {
      register("./thread.mjs", import.meta.url);
      console.log(register.name, register.length, register === Module.register);
      console.log(String(register), Object.getOwnPropertyDescriptor(Module, "register").enumerable);
    }`,
  "main.mjs": `import { twice } from "./part.mjs";
    console.log(twice(2), String(twice), new Error("here").stack);`,
  "part.mjs": "export function twice(n) { @@2 * n }",
};

describe.each(nodes)("a loader of the program's own on %s", (name, node) => {
  const ways = name === "Node 20" ? ["thread"] : ["thread", "sync"];

  it.each(ways)("changes the text before it gets its probes: %s", async (way) => {
    const folder = project({
      ...FILES,
      // Node 20 has no export of this name.
      "register.mjs":
        name === "Node 20"
          ? FILES["register.mjs"].replace(", registerHooks }", " }")
          : FILES["register.mjs"],
    });
    // Node 26 calls `module.register` deprecated, with the process's id.
    const words = ["--no-deprecation", "--import", "./register.mjs", "main.mjs", way];
    const plain = run(node, words, folder);
    expect(plain).toMatchObject({ status: 0, stderr: "" });
    expect(plain.stdout).toContain("4 function twice(n) { return 2 * n }");

    const store = join(folder, "store");
    const traced = run(node, ["--require", register, ...words], folder, {
      BREADCRUMB_OPTIONS: JSON.stringify({ store, include: ["part.mjs"] }),
    });
    expect(traced).toEqual(plain);
    const reader = await openStore(store);
    const { rows } = await reader.sql("SELECT function, file FROM calls");
    await reader.close();
    expect(rows).toEqual([{ function: "twice", file: "part.mjs" }]);
  });
});
