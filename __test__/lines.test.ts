/** Which lines ran, call by call and in all: `lines`. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { openStore, type LineRun, type Store } from "../ts/query/index";
import { cli, nodes, project, run } from "./support/program";

/** Runs a program with these options, and hands over what was recorded. */
async function recorded(
  node: string,
  files: Readonly<Record<string, string>>,
  { args = [], stdout = "" }: { args?: readonly string[]; stdout?: string } = {},
): Promise<Store> {
  const folder = project(files);
  const ended = run(
    node,
    [cli, "run", "--quiet", "--lines", ...args, "--", node, "main.js"],
    folder,
  );
  expect(ended).toMatchObject({ status: 0, stdout, stderr: "" });
  return openStore(join(folder, ".breadcrumb"));
}

/** `3 4×5 4:7×2`. */
function text(lines: readonly LineRun[] | null): string | undefined {
  return lines
    ?.map(
      ({ line, col, count }) =>
        `${line}${col === undefined ? "" : `:${col}`}${count === 1 ? "" : `×${count}`}`,
    )
    .join(" ");
}

/** The lines of each call, in the order of entry. */
async function linesOf(store: Store, name: string): Promise<(string | undefined)[]> {
  const { items } = await store.calls({ function: name, limit: 1000 });
  return items.toSorted((a, b) => a.callId - b.callId).map(({ lines }) => text(lines));
}

const byText = (a = "", b = ""): number => Number(a > b) - Number(a < b);

/** How often each line of a function ran. */
async function sums(store: Store, name: string): Promise<string | undefined> {
  return text((await store.lines({ function: name })).map(toRun));
}

function toRun({
  line,
  col,
  isBranch,
  count,
}: Awaited<ReturnType<Store["lines"]>>[number]): LineRun {
  return isBranch ? { line, col, count } : { line, count };
}

describe.each(nodes)("lines on %s", (_name, node) => {
  it("are those that ran in each call, loops folded", async () => {
    await using store = await recorded(node, {
      "main.js": `function grade(n) {
  let sum = 0;
  for (let i = 0; i < n; i++) {
    if (i % 2)
      sum += i;
    else {
      sum -= 1;
    }
  }
  if (sum > 3) return "much";
  return n ? "some" : "none";
}
grade(7); grade(1); grade(0);
`,
    });
    expect(await linesOf(store, "grade")).toEqual([
      "2 3 4×7 7×4 5×3 10 10:16",
      "2 3 4 7 10 11 11:14",
      "2 3 10 11 11:23",
    ]);
    expect(await sums(store, "grade")).toBe("2×3 3×3 4×8 5×3 7×5 10×3 10:16 11×2 11:14 11:23");
  });

  it("are told of each call of a recursion", async () => {
    await using store = await recorded(node, {
      "main.js": `function down(n) {
  if (n === 0) {
    return 0;
  }
  const rest = down(n - 1);
  return rest + 1;
}
down(2);
`,
    });
    expect(await linesOf(store, "down")).toEqual(["2 5 6", "2 5 6", "2 3"]);
  });

  it("are exact of loops that call, of calls in one another, and of the longest loops", async () => {
    await using store = await recorded(node, {
      "main.js": `function deep(n) {
  let left = 70000;
  if (n === 0) {
    while (left > 0) left--;
    return 1;
  }
  const rest = deep(n - 1);
  return n % 2 ? rest : rest + step(n);
}
function step(n) {
  return n & 1;
}
function loops() {
  let sum = 0;
  for (let i = 0; i < 100000; i++) {
    sum += step(i);
    if (i % 2)
      sum -= step(i);
  }
  return sum;
}
function throws(n) {
  try {
    if (n === 0)
      throw new Error("0");
    throws(n - 1);
  } finally {
    step(n);
  }
}
deep(2000);
loops();
try { throws(3); } catch {}
`,
    });
    const deep = await store.calls({ function: "deep", limit: 3000 });
    const ways = new Map<string | undefined, number>();
    for (const { lines } of deep.items) ways.set(text(lines), (ways.get(text(lines)) ?? 0) + 1);
    expect(Object.fromEntries(ways)).toEqual({
      "2 3 7 8 8:18": 1000,
      "2 3 7 8 8:25": 1000,
      "2 3 4 4:22×70000 5": 1,
    });
    expect(await linesOf(store, "loops")).toEqual(["14 15 16×100000 17×100000 18×50000 20"]);
    expect((await linesOf(store, "throws")).toSorted(byText)).toEqual([
      "23 24 25 28",
      "23 24 26 28",
      "23 24 26 28",
      "23 24 26 28",
    ]);
    expect(await sums(store, "step")).toBe("11×151004");
    expect(await sums(store, "deep")).toBe(
      "2×2001 3×2001 4 4:22×70000 5 7×2000 8×2000 8:18×1000 8:25×1000",
    );
  });

  it("are those of the call that they are in, whatever runs between", async () => {
    await using store = await recorded(node, {
      "main.js": `const turn = () => new Promise((done) => setImmediate(done));
async function walk(steps) {
  for (let i = 0; i < steps; i++) {
    await turn();
    if (i > 0) {
      seen();
    }
  }
  return steps;
}
function seen() {}
function* count(to) {
  while (to > 0) {
    yield to--;
  }
}
void Promise.all([walk(1), walk(3)]);
for (const [a, b] of [[count(1), count(3)]]) { a.next(); b.next(); a.next(); b.next(); b.next(); }
`,
    });
    expect(await linesOf(store, "walk")).toEqual(["3 4 5 9", "3 4×3 5×3 6×2 9"]);
    expect(await linesOf(store, "count")).toEqual(["13 14", "13 14×3"]);
  });

  it("end where an exception leaves the block", async () => {
    await using store = await recorded(node, {
      "main.js": `function check(n) {
  try {
    if (n < 0) {
      throw new RangeError("negative");
    }
  } catch {
    return false;
  } finally {
    n = 0;
  }
  return true;
}
check(-1); check(1);
`,
    });
    expect(await linesOf(store, "check")).toEqual(["2 3 4 7 9", "2 3 9 11"]);
  });

  it("are counted exactly of calls that are only counted", async () => {
    const main = `function odd(n) {
  if (n % 2) {
    return true;
  }
  return false;
}
for (let i = 0; i < 1001; i++) odd(i);
`;
    await using store = await recorded(node, { "main.js": main }, { args: ["--mode", "count"] });
    expect(await linesOf(store, "odd")).toEqual([]);
    expect(await sums(store, "odd")).toBe("2×1001 3×500 5×501");
    expect((await store.gaps()).linesNotRun).toEqual([]);
  });

  it("that never ran are gaps, and those of functions that were not called are not told twice", async () => {
    await using store = await recorded(node, {
      "main.js": `function pick(a) {
  if (a) {
    return 1;
  }
  return a ?? 2;
}
function unused() {
  return 3;
}
pick(1);
`,
    });
    const { linesNotRun, notCalled } = await store.gaps();
    expect(text(linesNotRun?.map(toRun) ?? null)).toBe("5×0 5:15×0");
    expect(notCalled.map((each) => each.function)).toEqual(["unused"]);
  });

  it("of threads are their own", async () => {
    await using store = await recorded(node, {
      "main.js": `const { Worker, isMainThread } = require("node:worker_threads");
function twice(n) {
  while (n > 0) {
    n--;
  }
}
twice(isMainThread ? 2 : 5);
if (isMainThread) new Worker(__filename);
`,
    });
    const { items } = await store.calls({ function: "twice" });
    const lines = items.map(({ threadId, lines: ran }) => [threadId, text(ran)]);
    expect(lines.toSorted(([a], [b]) => Number(a) - Number(b))).toEqual([
      [0, "3 4×2"],
      [1, "3 4×5"],
    ]);
    expect(await sums(store, "twice")).toBe("3×2 4×7");
  });

  it("are not told without the option, nor is a character of the text another", async () => {
    const folder = project({ "main.js": "function f(a) { return a ? 1 : 2 }\nf(1);\n" });
    run(node, [cli, "run", "--quiet", "--", node, "main.js"], folder);
    await using store = await openStore(join(folder, ".breadcrumb"));
    expect(await linesOf(store, "f")).toEqual([undefined]);
    expect((await store.gaps()).linesNotRun).toBeNull();
  });

  it.runIf(process.platform === "linux")(
    "are known of a call that was killed in them",
    async () => {
      const folder = project({
        "main.js": `function work() {
  const began = Date.now();
  let rounds = 0;
  for (;;) {
    rounds++;
    if (rounds === 1000) process.stdout.write("busy");
  }
}
function step() {}
function main() {
  for (let i = 0; i < 7; i++) {
    step();
  }
  work();
}
setTimeout(main, 10);
`,
      });
      const args = ["--require", "breadcrumb-tracer/register", "main.js"];
      const child = spawn(node, args, {
        cwd: folder,
        env: {
          ...process.env,
          NODE_OPTIONS: "",
          BREADCRUMB_LINES: "1",
          BREADCRUMB_INCLUDE: "main.js",
        },
      });
      await once(child.stdout, "data");
      child.kill("SIGKILL");
      await once(child, "close");
      const [binary, recover] = [process.execPath, [cli, "recover"]];
      expect(run(binary, recover, folder)).toMatchObject({ status: 0 });
      await using store = await openStore(join(folder, ".breadcrumb"));
      const [call] = (await store.calls({ function: "work" })).items;
      expect(call?.status).toBe("open");
      const ran = new Map(
        call?.lines?.map(({ line, col, count }) => [`${line}:${col ?? ""}`, count]),
      );
      expect([ran.get("2:"), ran.get("3:"), ran.get("6:26")]).toEqual([1, 1, 1]);
      expect(ran.get("5:")).toBeGreaterThanOrEqual(1000);
      expect(await linesOf(store, "main")).toEqual(["11 12×7 14"]);
      expect(await store.lines({ function: "work" })).toContainEqual(
        expect.objectContaining({ line: 5, count: ran.get("5:") }),
      );
    },
  );
});
