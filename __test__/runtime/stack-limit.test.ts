/** How deep programs may recurse, plain and traced. */
import { expect, describe, it } from "vitest";
import { cli, nodes, project, run } from "../support/program";

/** Prints how many calls of each kind fit on the stack: cold, and once the optimiser has been there. */
const DEPTHS = `
  const dig = (f) => { let n = 0; try { f(() => n++) } catch (e) { if (!(e instanceof RangeError)) throw e } return n };
  const cold = {
    bare: dig((t) => { function f() { t(); f() } f() }),
    method: dig((t) => { const o = { m(a, b) { t(); return this.m(a, b) + 1 } }; o.m(1, 2) }),
    bound: dig((t) => { let f; const g = function (i) { t(); return f(i) + 1 }; f = g.bind(null); g(1) }),
    created: dig((t) => { class A { constructor() { t(); this.a = new A() } } new A() }),
    callback: dig((t) => { const f = (i) => { t(); return [i].map((x) => f(x + 1)) }; f(0) }),
    guarded: dig((t) => { const f = (i) => { t(); try { return f(i + 1) } catch (e) { throw e } finally { i++ } }; f(0) }),
  };
  const sum = (n) => n === 0 ? 0 : 1 + sum(n - 1);
  const list = { length(n) { if (n === 0) return 0; const rest = this.length(n - 1); return rest + 1 } };
  for (let i = 0; i < 60_000; i++) { sum(30); list.length(30) }
  const fits = (f, n) => { try { f(n); return true } catch { return false } };
  const most = (f) => { let [low, high] = [100, 200_000]; while (high - low > 50) { const n = (low + high) >> 1; if (fits(f, n)) low = n; else high = n } return low };
  console.log(JSON.stringify({ ...cold, optimised: most(sum), optimisedMethod: most((n) => list.length(n)) }));`;

function depths(node: string, before: readonly string[], folder: string): Record<string, number> {
  const { stdout, stderr } = run(node, [...before, "main.js"], folder);
  expect(stderr).toBe("");
  return JSON.parse(stdout) as Record<string, number>;
}

describe.each(nodes)("recursion on %s", (_name, node) => {
  const traced = [cli, "run", "--quiet", "--", node];

  it("gets as deep as plain, and still comes to an end", () => {
    const folder = project({ "main.js": DEPTHS });
    const plain = depths(node, [], folder);
    for (const [kind, depth] of Object.entries(depths(node, traced, folder))) {
      expect(depth, kind).toBeGreaterThanOrEqual(plain[kind] as number);
      expect(depth, kind).toBeLessThan(4 * (plain[kind] as number));
    }
  });

  it("gets as deep with a limit of the program's own", () => {
    const folder = project({
      "main.js": `let n = 0;
        const f = () => { n++; f() }; try { f() } catch {} console.log(JSON.stringify({ n }))`,
    });
    const flag = "--stack-size=500";
    const { n: plain } = depths(node, [flag], folder);
    const { n } = depths(node, [...traced, flag], folder);
    expect(n).toBeGreaterThanOrEqual(plain as number);
    expect(n).toBeLessThan(4 * (plain as number));
  });

  it("ends before the system's stack does, however little that is", () => {
    const folder = project({ "main.js": DEPTHS });
    const script = `ulimit -s 2048 && exec "$0" "$@"`;
    const { stdout, stderr, status } = run(
      "/bin/sh",
      ["-c", script, node, cli, "run", "--quiet", "--", node, "main.js"],
      folder,
    );
    expect({ stderr, status }).toEqual({ stderr: "", status: 0 });
    expect(Object.values(JSON.parse(stdout) as object).every((depth) => depth > 0)).toBe(true);
  });
});
