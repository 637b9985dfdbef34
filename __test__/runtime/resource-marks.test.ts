/** Marks on resources and promises, on the Nodes where contexts would show: nothing shows. */
import { describe, expect, it } from "vitest";
import { cli, nodes, project, run } from "../support/program";

/** Looks at what carries a mark, from within a trace. */
const LOOKS = `
  const { AsyncResource, executionAsyncId, triggerAsyncId } = require("node:async_hooks");
  function look(what) {
    const timer = setTimeout(() => {}, 1);
    console.log(what, Promise.resolve(1), new AsyncResource("Own"), Reflect.ownKeys(timer));
    console.log(executionAsyncId(), triggerAsyncId());
  }
  async function root() {
    look("root");
    await null;
    look("awaited");
    await Promise.resolve(1).then(() => look("then"));
    // One after the other: which of a timer and an immediate comes first is chance.
    setTimeout(() => {
      look("timer");
      setImmediate(() => {
        look("immediate");
        console.log(new Error("immediate").stack);
        require("node:fs").stat(".", () => console.log(new Error("stat").stack));
      });
    }, 1);
  }
  root();`;

/** Registers callbacks where the stack ends, at many depths. */
const OVERFLOWS = `
  const { stat } = require("node:fs");
  const ways = [(f) => setTimeout(f, 0), (f) => process.nextTick(f), (f) => queueMicrotask(f), (f) => stat(".", f)];
  let caught = 0;
  function descend(register, left) {
    if (left > 0) return descend(register, left - 1) + 1;
    register(() => {});
    return descend(register, 0) + 1;
  }
  function root() {
    for (let i = 0; i < 24; i++) {
      // On Node 20 a hook of async_hooks makes undefined of the error where native code calls it.
      try { descend(ways[i % 4], i); } catch (error) { if (i % 4 === 3 || error instanceof RangeError) caught++; }
    }
  }
  root();
  console.log(caught);
  process.exit(0);`;

describe.each(nodes)("marks on %s", (_name, node) => {
  it("show in nothing that carries them", () => {
    const folder = project({ "main.js": LOOKS });
    const plain = run(node, ["main.js"], folder);
    const traced = run(node, [cli, "run", "--quiet", "--", node, "main.js"], folder);
    expect(plain.status).toBe(0);
    // Numbers of resources differ.
    const numbers = /^\d+ \d+$|(?<=: )\d+(?=,?$)/gm;
    expect(traced.stdout.replace(numbers, "")).toBe(plain.stdout.replace(numbers, ""));
    expect(traced.stderr).toBe(plain.stderr);
  });

  it("do not end a program at the end of its stack", () => {
    const folder = project({ "main.js": OVERFLOWS });
    const traced = run(node, [cli, "run", "--quiet", "--", node, "main.js"], folder);
    expect(traced).toMatchObject({ status: 0, stdout: "24\n" });
  });
});
