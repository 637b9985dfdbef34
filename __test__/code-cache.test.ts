/** Instrumented code that is kept for the next start, as programs meet it. */
import { chmodSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { openStore } from "../ts/query/index";
import { cli, nodes, project, run } from "./support/program";

const MANY = Array.from({ length: 400 }, (_, i) => `function f${i}(a) { return a + ${i} }`).join(
  "\n",
);
const MAIN = `${MANY}
let sum = 0;
for (const f of [f0, f1, f399]) sum = f(sum);
console.log(sum, String(f7), new Error("here").stack.split("\\n")[1]);`;

describe.each(nodes)("kept code on %s", (_name, node) => {
  const start = async (
    cache: string,
    args: readonly string[] = [],
    folder = project({ "main.js": MAIN }),
  ): Promise<{ stdout: string; calls: string[] }> => {
    const command = [cli, "run", "--quiet", ...args, "--", node, "main.js"];
    const { stdout } = run(node, command, folder, { BREADCRUMB_CACHE: cache });
    const store = await openStore(join(folder, ".breadcrumb"));
    const { items } = await store.calls();
    await store.close();
    const calls = items.map(
      ({ function: name, line, arguments: a }) => `${name} ${line} ${JSON.stringify(a)}`,
    );
    return { stdout: stdout.replaceAll(folder, ""), calls: calls.toSorted() };
  };
  const fresh = (): string => mkdtempSync(join(tmpdir(), "code-"));
  const kept = (cache: string): string[] =>
    readdirSync(cache).filter((name) => name.endsWith(".code"));

  it("is what would be made anew, whatever the folder of the program", async () => {
    const cache = fresh();
    const off = await start("off");
    expect(off.calls).toHaveLength(3);
    expect(await start(cache)).toEqual(off);
    expect(kept(cache)).toHaveLength(1);
    expect(await start(cache)).toEqual(off);
    expect(kept(cache)).toHaveLength(1);
    await start(cache, ["--locals"]);
    expect(kept(cache)).toHaveLength(2);
  });

  it("is made anew where it is damaged, and mended", async () => {
    const cache = fresh();
    const first = await start(cache);
    const [name = ""] = kept(cache);
    const path = join(cache, name);
    const whole = readFileSync(path);
    for (const damaged of [
      whole.subarray(0, 1000),
      Buffer.alloc(0),
      Buffer.from(whole).fill(65, 500, 900),
    ]) {
      writeFileSync(path, damaged);
      expect(await start(cache)).toEqual(first);
      expect(readFileSync(path).equals(whole)).toBe(true);
    }
  });

  it("is neither read nor written where others may write", async () => {
    const cache = fresh();
    chmodSync(cache, 0o777);
    await start(cache);
    expect(readdirSync(cache)).toEqual([]);
  });
});
