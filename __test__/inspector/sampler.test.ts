import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { cli, type Ended, nodes, project, run } from "../support/program";

const BUSY = `
const held = (globalThis.held = []);
function burn(ms) { let x = 0; for (const end = performance.now() + ms; performance.now() < end;) x += Math.sqrt(x + 1); return x; }
class Cart { total(ms) { return burn(ms); } }
const hoard = (n) => { for (let i = 0; i < n; i++) held.push({ i, list: new Array(200).fill(i) }); return held.length; };
class Plain {}
function makes() { return new Plain(); }
globalThis.kept = [Cart, hoard, makes];
`;
const CALLS = `
for (let i = 0; i < 400; i++) new Cart().total(1);
for (let i = 0; i < 200; i++) hoard(20);
for (let i = 0; i < 200; i++) makes();`;

function rows(folder: string, sql: string): Readonly<Record<string, unknown>>[] {
  const asked = run(process.execPath, [cli, "query", "--json", sql], folder);
  expect(asked, asked.stderr).toMatchObject({ status: 0 });
  const answer = JSON.parse(asked.stdout) as { rows: Record<string, unknown>[] };
  return answer.rows;
}

const SUMS = `
  SELECT kind, "function", file, line, sum(samples)::INTEGER AS samples, sum(weight)::BIGINT AS weight
  FROM samples GROUP BY ALL ORDER BY weight DESC`;

/** Most time was in `burn`, most memory came from `hoard`. */
function expectFound(folder: string, file: string): void {
  const found = rows(folder, SUMS);
  const first = (kind: string) => found.find((row) => row["kind"] === kind && row["function"]);
  expect(first("cpu")).toMatchObject({ function: "burn", file, line: 3 });
  expect(Number(first("cpu")?.["weight"])).toBeGreaterThan(100e6);
  expect(first("heap")).toMatchObject({ function: "hoard", file, line: 5 });
  expect(Number(first("heap")?.["weight"])).toBeGreaterThan(1e6);
  const [{ stack = "" } = {}] = rows(
    folder,
    `SELECT stack FROM samples WHERE "function" = 'burn' ORDER BY weight DESC LIMIT 1`,
  );
  const frames = JSON.parse(String(stack)) as [string, string | null, number | null][];
  const names = frames.map(([name]) => name);
  expect(names.indexOf("burn")).toBeLessThan(names.indexOf("Cart.total"));
  expect(names).not.toContain("(root)");
  // A class without a constructor of its own is no function that is recorded.
  expect(found.filter((row) => row["function"] === "Plain")).toEqual([]);
}

function succeeded(ended: Ended): void {
  expect(ended, ended.stderr).toMatchObject({ status: 0 });
}

describe.each(nodes)("samples on %s", (_, node) => {
  it("are joined to functions that have probes", () => {
    const folder = project({ "app.js": `${BUSY}${CALLS}` });
    const args = ["run", "--mode", "time", "--samples", "cpu,heap", "--", node, "app.js"];
    succeeded(run(process.execPath, [cli, ...args], folder));
    expectFound(folder, "app.js");
    succeeded(run(process.execPath, [cli, "export", "cpu.folded", "--samples", "cpu"], folder));
    const folded = readFileSync(join(folder, "cpu.folded"), "utf8");
    expect(folded).toMatch(/Cart\.total \(app\.js:4\);burn \(app\.js:3\)/);
    const heap = ["export", "heap.speedscope.json", "--samples", "heap"];
    succeeded(run(process.execPath, [cli, ...heap], folder));
    const { profiles } = JSON.parse(readFileSync(join(folder, "heap.speedscope.json"), "utf8")) as {
      profiles: { unit: string; endValue: number }[];
    };
    expect(profiles[0]?.unit).toBe("bytes");
    expect(profiles[0]?.endValue).toBeGreaterThan(1e6);
  });

  // V8's profiler does not see a function while it has breakpoints.
  it("are joined to functions whose breakpoints rest, and are in the store when the session ends", () => {
    const main = `
import { createRequire } from "node:module";
import { Breadcrumb } from "breadcrumb-tracer";
const { Cart, hoard, makes } = createRequire(import.meta.url)("./src/busy.cjs");
const listeners = process.listenerCount("exit");
const session = await Breadcrumb.start({ include: ["src/**"], inspector: true, samples: { heap: true } });
${CALLS}
await session.stop();
if (process.listenerCount("exit") !== listeners) throw new Error("a listener is left");`;
    const files = {
      "src/busy.cjs": `${BUSY}module.exports = { Cart, hoard, makes };`,
      "main.mjs": main,
    };
    const folder = project(files);
    succeeded(run(node, ["main.mjs"], folder));
    expectFound(folder, "src/busy.cjs");
  });

  it("are none of the heap where Node samples it itself", () => {
    const folder = project({ "app.js": `${BUSY}burn(5);` });
    const args = ["run", "--samples", "heap", "--", node, "--heap-prof", "app.js"];
    const ended = run(process.execPath, [cli, ...args], folder);
    succeeded(ended);
    expect(ended.stderr).toMatch(/^breadcrumb: no samples: --heap-prof samples the heap/m);
    expect(readdirSync(folder).some((name) => name.endsWith(".heapprofile"))).toBe(true);
  });

  it("are none unless they are asked for", () => {
    const folder = project({ "app.js": `${BUSY}burn(5);` });
    succeeded(run(process.execPath, [cli, "run", "--", node, "app.js"], folder));
    expect(rows(folder, "SELECT count(*)::INTEGER AS n FROM samples")).toEqual([{ n: 0 }]);
    expect(existsSync(join(folder, "cpu.folded"))).toBe(false);
  });
});
