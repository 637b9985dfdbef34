/** A program under a budget: what is recorded of it gives way, and no call is lost. */
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { governorOf } from "../ts/options/governor-report";
import { openStore, type Store } from "../ts/query/index";
import { cli, nodes, project, run } from "./support/program";

const MAIN = `
  function hot(n) { let sum = 0; for (let i = 0; i < 300; i++) sum += i ^ n; return sum }
  function rare(tag) { return { tag } }
  let hots = 0, rares = 0;
  const end = Date.now() + 3000;
  while (Date.now() < end) {
    for (let i = 0; i < 1e5; i++) { hot(i); hots++ }
    if (rares < 20 && Date.now() > end - 1500 + rares * 50) { rare("r" + rares); rares++ }
  }
  console.log(JSON.stringify({ hots, rares }));`;

/** Runs it with these options, and asks its store. */
async function governed<T>(
  node: string,
  args: readonly string[],
  ask: (store: Store) => Promise<T>,
): Promise<{ answer: T; happened: { hots: number; rares: number }; folder: string }> {
  const folder = project({ "main.js": MAIN });
  const ended = run(node, [cli, "run", ...args, "--", node, "main.js"], folder);
  expect(ended.status).toBe(0);
  const store = await openStore(join(folder, ".breadcrumb"));
  try {
    return { answer: await ask(store), happened: JSON.parse(ended.stdout), folder };
  } finally {
    await store.close();
  }
}

describe.each(nodes)("overhead on %s", (_name, node) => {
  it("counts a hot function, keeps a rare one's values, and says what it did", async () => {
    const { answer, happened, folder } = await governed(
      node,
      ["--overhead", "0.2", "--overflow", "drop"],
      async (store) => ({
        run: (await store.runs())[0],
        stats: await store.stats(),
        rare: (await store.calls({ function: "rare", limit: 100 })).items,
      }),
    );
    const { counters } = answer.run ?? { counters: {} as never };
    expect(counters.recorded + counters.counted + counters.dropped).toBe(
      happened.hots + happened.rares,
    );
    const of = (name: string) => answer.stats.find((each) => each.function === name);
    const hot = of("hot");
    expect((hot?.calls ?? 0) + (hot?.counted ?? 0) + (hot?.dropped ?? 0)).toBe(happened.hots);
    expect(hot?.counted).toBeGreaterThan(happened.hots / 2);
    expect(answer.rare.length).toBe(happened.rares);
    expect(answer.rare.at(-1)?.arguments).toEqual(["r0"]);
    const governor = governorOf(counters);
    expect(governor).toMatchObject({ overhead: 0.2, steppedDown: 1 });
    expect(governor?.decided).toBe(governor?.decisions.length);
    const [first] = governor?.decisions ?? [];
    expect(first).toMatchObject({
      function: "hot",
      file: "main.js",
      line: 2,
      from: "values",
      to: "count",
    });
    expect(first?.why).toMatch(/^\d+ calls a second cost \d+ % .*; the budget is 20 %$/);
    const shown = run(node, [cli, "stats"], folder).stdout;
    expect(shown).toMatch(/overhead +[\d.]+% of 20% \(1 function stepped down\)/);
    expect(shown).toContain("hot (main.js:2) values → count");
  });

  it("is chosen by the environment too, and leaves what costs nothing as it is", async () => {
    const folder = project({ "main.js": `function once(a) { return a } once(1);` });
    run(node, [cli, "run", "--", node, "main.js"], folder, { BREADCRUMB_OVERHEAD: "50%" });
    const store = await openStore(join(folder, ".breadcrumb"));
    const [recorded] = await store.runs();
    await store.close();
    expect(recorded?.counters).toMatchObject({ recorded: 1, counted: 0 });
  });

  it("is changed while the program runs", () => {
    const main = `
      import { Breadcrumb } from "breadcrumb-tracer";
      const session = await Breadcrumb.start({ include: ["src/**"], store: ":memory:" });
      const { once } = await import("./src/work.mjs");
      const governed = async (is) => {
        for (;;) {
          once();
          const { governor } = session.counters();
          if (is(governor)) return governor;
          await new Promise((resolve) => setTimeout(resolve, 5));
        }
      };
      const none = session.counters().governor ?? null;
      session.set({ overhead: 0.5 });
      const half = await governed((governor) => governor?.overhead === 0.5);
      session.set({ overhead: false });
      const off = (await governed((governor) => governor === undefined)) ?? null;
      await session.stop();
      console.log(JSON.stringify({ none, half: Object.keys(half), off }));`;
    const folder = project({ "main.mjs": main, "src/work.mjs": "export function once() {}" });
    const ended = run(node, ["main.mjs"], folder);
    expect(ended).toMatchObject({ status: 0, stderr: "" });
    const report = ["overhead", "estimated", "state", "why", "health", "steppedDown", "functions"];
    expect(JSON.parse(ended.stdout)).toEqual({
      none: null,
      half: expect.arrayContaining([...report, "costs", "stretch", "decided", "decisions"]),
      off: null,
    });
  });

  it("is nothing where nobody asks for it", async () => {
    const folder = project({ "main.js": `function once(a) { return a } once(1);` });
    run(node, [cli, "run", "--", node, "main.js"], folder);
    const store = await openStore(join(folder, ".breadcrumb"));
    const [recorded] = await store.runs();
    await store.close();
    expect(governorOf(recorded?.counters ?? {})).toBe(null);
  });
});
