/** Which clock calls are timed with: `clock`. */
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { openStore, type Store } from "../ts/query/index";
import { cli, nodes, project, run } from "./support/program";

/**
 * Millions of calls of a tiny function, so that readings of the clock are shared, around calls that take
 * 40 µs: `slow`, and `rejects`, which ends by an exception.
 */
const MAIN = `
  function tiny(n) { return n + 1 }
  function spin(us) { const end = performance.now() + us / 1000; while (performance.now() < end); }
  function slow() { spin(40) }
  async function rejects() { spin(40); throw new Error("no") }
  (async () => {
    const end = Date.now() + 2500;
    let n = 0;
    while (Date.now() < end) {
      for (let i = 0; i < 3000; i++) n = tiny(n);
      slow();
      await rejects().catch(() => {});
    }
  })();`;

/** Shares of exactly timed calls by function: least and most in any 400 ms of the run. */
async function shares(node: string, args: readonly string[]): Promise<Record<string, Share>> {
  const folder = project({ "main.js": MAIN });
  const command = [cli, "run", "--quiet", ...args, "--", node, "main.js"];
  expect(run(node, command, folder)).toMatchObject({ status: 0, stderr: "" });
  await using store: Store = await openStore(join(folder, ".breadcrumb"));
  const { rows } = await store.sql(`
    SELECT function, min(share) AS least, max(share) AS most FROM (
      SELECT function, avg((clock = 'exact')::INT) AS share FROM calls
      GROUP BY function, time_bucket(INTERVAL 400 MILLISECONDS, started_at::TIMESTAMP))
    GROUP BY function`);
  return Object.fromEntries(
    rows.map((row) => [
      row["function"],
      { least: Number(row["least"]), most: Number(row["most"]) },
    ]),
  );
}

interface Share {
  readonly least: number;
  readonly most: number;
}

describe.each(nodes)("a busy thread on %s", (_name, node) => {
  it("times functions that take long enough exactly, and shares readings among the others", async () => {
    const share = await shares(node, []);
    // Where other programs keep the thread waiting it is not busy, and everything is timed exactly for a while.
    expect(share).toMatchObject({ slow: { most: 1 }, rejects: { most: 1 } });
    expect(share["tiny"]?.least).toBeLessThan(0.5);
  });

  it("shares them among all, or reads the clock for each call, if told", async () => {
    const coarse = await shares(node, ["--clock", "coarse"]);
    expect(Math.max(coarse["slow"]!.least, coarse["rejects"]!.least)).toBeLessThan(0.9);
    const exact = await shares(node, ["--clock=exact"]);
    const each = { least: 1, most: 1 };
    expect(exact).toMatchObject({ tiny: each, slow: each, rejects: each });
  });
});
