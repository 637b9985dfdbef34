/** What assignments come to, call by call: `variables`. */
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { type Assigned, openStore, type Store } from "../ts/query/index";
import { cli, nodes, project, run } from "./support/program";

/** Runs a program with variables, and hands over what was recorded. */
async function recorded(node: string, main: string, args: readonly string[] = []): Promise<Store> {
  const folder = project({ "main.js": main });
  const ended = run(
    node,
    [cli, "run", "--quiet", "--variables", ...args, "--", node, "main.js"],
    folder,
  );
  expect(ended).toMatchObject({ status: 0, stderr: "" });
  return openStore(join(folder, ".breadcrumb"));
}

/** `2 sum=0 · 4 sum=5 (3 left out)`. */
function text(all: readonly Assigned[] | null): string | undefined {
  return all
    ?.map(({ line, name, value, leftOut }) => {
      const after = leftOut === undefined ? "" : ` (${leftOut} left out)`;
      return `${line} ${name}=${JSON.stringify(value)}${after}`;
    })
    .join(" · ");
}

async function variablesOf(store: Store, name: string): Promise<(string | undefined)[]> {
  const { items } = await store.calls({ function: name, limit: 1000 });
  return items.toSorted((a, b) => a.callId - b.callId).map(({ variables }) => text(variables));
}

describe.each(nodes)("variables on %s", (_name, node) => {
  it("are told with each value, in the order of the assignments", async () => {
    await using store = await recorded(
      node,
      `function total(items) {
  let sum = 0, seen = [];
  for (const { price } of items) {
    sum += price;
    seen[seen.length] = price;
  }
  const last = items.at(-1);
  last.price++;
  [sum, seen] = [-sum, null];
  return sum;
}
total([{ price: 5 }, { price: 7 }]);
`,
    );
    expect(await variablesOf(store, "total")).toEqual([
      "2 sum=0 · 2 seen=[] · 3 price=5 · 4 sum=5 · 5 seen[seen.length]=5 · " +
        "3 price=7 · 4 sum=12 · 5 seen[seen.length]=7 · " +
        '7 last={"price":7} · 8 last.price=8 · 9 sum=-12 · 9 seen=null',
    ]);
  });

  it("of a long loop are the first hundred, and the last", async () => {
    await using store = await recorded(
      node,
      `function count(to) {
  let n = 0;
  while (n < to) n++;
  return n;
}
count(100000);
count(3);
`,
    );
    const [long, short] = await variablesOf(store, "count");
    expect(long?.split(" · ")).toHaveLength(1 + 100 + 1);
    expect(long).toMatch(/ · 3 n=100 · 3 n=100000 \(99899 left out\)$/);
    expect(short).toBe("2 n=0 · 3 n=1 · 3 n=2 · 3 n=3");
  });

  it("of a long loop are as many whatever it calls, itself too, and leave with an exception", async () => {
    await using store = await recorded(
      node,
      `function half(n) {
  const result = n / 2;
  return result;
}
function sum(to) {
  let all = 0;
  for (let i = 0; i < to; i++) all += half(i);
  if (to === 300) all = sum(200);
  for (let i = 0; i < to; i++) all += 1;
  throw all;
}
try {
  sum(300);
} catch {}
`,
    );
    const [outer, inner] = await variablesOf(store, "sum");
    const told = (call: string | undefined, of: string): string[] =>
      (call?.split(" · ") ?? []).filter((part) => part.startsWith(`${of}=`));
    for (const [call, last] of [
      [outer, 300],
      [inner, 200],
    ] as const) {
      const values = told(call, "7 all");
      expect(values).toHaveLength(101);
      expect(values.at(-1)).toContain(`(${last - 101} left out)`);
    }
    const last = told(inner, "9 i").at(-1);
    expect(told(inner, "9 i")).toHaveLength(102);
    expect(last).toBe("9 i=200 (99 left out)");
    expect(await variablesOf(store, "half")).toHaveLength(500);
  });

  it("are those of the call that they are in, whatever runs between", async () => {
    await using store = await recorded(
      node,
      `const turn = () => new Promise((done) => setImmediate(done));
async function walk(name) {
  let at = name;
  for (let i = 0; i < 2; i++) {
    await turn();
    at = at + i;
  }
  return at;
}
function down(n) {
  const rest = n === 0 ? 0 : down(n - 1);
  const sum = rest + n;
  return sum;
}
void Promise.all([walk("a"), walk("b")]);
down(2);
`,
    );
    const walked = (name: string): string =>
      `3 at="${name}" · 4 i=0 · 6 at="${name}0" · 4 i=1 · 6 at="${name}01" · 4 i=2`;
    expect(await variablesOf(store, "walk")).toEqual([walked("a"), walked("b")]);
    expect(await variablesOf(store, "down")).toEqual([
      "11 rest=1 · 12 sum=3",
      "11 rest=0 · 12 sum=1",
      "11 rest=0 · 12 sum=0",
    ]);
  });

  it("are redacted by their names", async () => {
    await using store = await recorded(
      node,
      `function login(user) {
  const password = "hunter2" + user;
  this.token = password;
}
login.call({}, "a");
`,
    );
    const [told] = await variablesOf(store, "login");
    expect(told).not.toContain("hunter2");
    expect(told).toContain("password");
  });

  it("are none without the option, nor where no values are wanted", async () => {
    const main = "function f() { const a = 1; return a; }\nf();\n";
    await using store = await recorded(node, main, ["--mode", "time"]);
    expect(await variablesOf(store, "f")).toEqual([undefined]);
  });
});
