/**
 * Breakpoints beside what else goes on in a process: debuggers of the program's own, other threads, and code of the
 * program in places that ours could come by.
 */
import { describe, expect, it } from "vitest";
import { nodes, project, run } from "../support/program";

const LIB = `
exports.add = function add(a, b) {
  const sum = a + b;
  return { sum };
};
exports.quiet = function quiet(text) {
  const given = text.trim();
  try {
    throw new Error(given);
  } catch (error) {
    return error.message;
  }
};
`;
const HEAD = `
const lib = require("./src/lib.js");
const { Breadcrumb } = require("breadcrumb-tracer");
const { Session } = require("node:inspector");
const every = { hits: 1e6, totalHits: 1e6, cpuMs: 1e6, pauseMs: 1e6 };
const begin = () => Breadcrumb.start({ include: ["src/**"], store: ":memory:", inspector: every });
const calls = (session) => session.calls().map((call) => [call.function, call.status, call.result]).sort();
`;
const RECORDED = [
  ["add", "returned", { sum: 7 }],
  ["quiet", "returned", "no"],
];

/** What a program beside `src/lib.js` prints as JSON. */
function json(node: string, main: string): unknown {
  const files = { "src/lib.js": LIB, "main.cjs": `${HEAD}\n(async () => {${main}})();` };
  const ended = run(node, ["main.cjs"], project(files));
  expect(ended, ended.stderr).toMatchObject({ status: 0, signal: null });
  return JSON.parse(ended.stdout);
}

describe.each(nodes)("breakpoints on %s", (_name, node) => {
  it("leave a debugger of the program's own its breakpoints and exceptions, before, meanwhile and after", () => {
    const answer = json(
      node,
      `
      const own = new Session();
      own.connect();
      let seen = [];
      own.on("Debugger.paused", ({ params: { reason, hitBreakpoints, callFrames } }) => {
        const at = callFrames[0].functionName;
        if (reason === "exception" && at === "quiet") seen.push("exception");
        if (hitBreakpoints.length > 0) seen.push(at + " " + callFrames[0].location.lineNumber);
      });
      own.post("Debugger.enable");
      own.post("Debugger.setPauseOnExceptions", { state: "all" });
      own.post("Debugger.setBreakpointByUrl", { urlRegex: "lib\\\\.js$", lineNumber: 3 });
      const round = () => {
        seen = [];
        lib.add(3, 4);
        lib.quiet(" no ");
        return seen;
      };
      const before = round();
      const session = await begin();
      const meanwhile = round();
      await session.stop();
      const after = round();
      console.log(JSON.stringify([before, meanwhile, after, calls(session)]));`,
    );
    const seen = ["add 3", "exception"];
    expect(answer).toEqual([seen, seen, seen, RECORDED]);
  });

  it("go on where a thread of the program's debugs this one", () => {
    const answer = json(
      node,
      `
      const { Worker } = require("node:worker_threads");
      const debug = () => {
        const { Session } = require("node:inspector");
        const { parentPort } = require("node:worker_threads");
        const own = new Session();
        own.connectToMainThread();
        own.on("Debugger.paused", ({ params: { reason } }) => {
          parentPort.postMessage(reason);
          own.post("Debugger.resume");
        });
        own.post("Debugger.enable", () => parentPort.postMessage("ready"));
        parentPort.on("message", () => parentPort.postMessage("end"));
      };
      const worker = new Worker("(" + debug + ")()", { eval: true });
      const said = [];
      const until = (word) =>
        new Promise((resolve) => worker.on("message", (told) => (told === word ? resolve() : said.push(told))));
      await until("ready");
      const session = await begin();
      const results = [lib.add(3, 4), lib.quiet(" no ")];
      await session.stop();
      worker.postMessage("end");
      await until("end");
      await worker.terminate();
      console.log(JSON.stringify([results, calls(session)]));`,
    );
    expect(answer).toEqual([[{ sum: 7 }, "no"], RECORDED]);
  });

  it("leave other threads alone that run the same file", () => {
    const answer = json(
      node,
      `
      const { Worker } = require("node:worker_threads");
      const work = () => {
        const { parentPort, workerData } = require("node:worker_threads");
        const { add } = require(workerData);
        parentPort.on("message", (n) => parentPort.postMessage(add(n, 1).sum));
      };
      const options = { eval: true, workerData: require.resolve("./src/lib.js") };
      const worker = new Worker("(" + work + ")()", options);
      const ask = (n) =>
        new Promise((resolve) => {
          worker.once("message", resolve);
          worker.postMessage(n);
        });
      const sums = [await ask(1)];
      const session = await begin();
      sums.push(await ask(2), lib.add(3, 4).sum, await ask(5));
      lib.quiet(" no ");
      await session.stop();
      sums.push(await ask(6));
      await worker.terminate();
      console.log(JSON.stringify([sums, calls(session)]));`,
    );
    expect(answer).toEqual([[2, 3, 7, 6, 7], RECORDED]);
  });

  it("are hit by nothing that we do: the program may have put its own functions in the place of built-in ones", () => {
    const files = {
      "src/patched.js": `
        const patch = (object, name) => {
          const original = object[name];
          object[name] = function patched(...args) {
            exports.count += 1;
            return Reflect.apply(original, this, args);
          };
        };
        exports.count = 0;
        exports.patchAll = () => {
          for (const name of ["push", "map", "filter", "pop", "indexOf"]) patch(Array.prototype, name);
          for (const name of ["get", "set", "has"]) {
            patch(Map.prototype, name);
            patch(WeakMap.prototype, name);
          }
          patch(JSON, "stringify");
          patch(Object, "keys");
          patch(globalThis, "queueMicrotask");
          patch(Promise.prototype, "then");
          patch(String.prototype, "slice");
          patch(require("node:inspector").Session.prototype, "post");
          patch(require("node:events").prototype, "emit");
        };
        exports.use = function use(list) { return list.map((each) => each * 2); };`,
      "main.cjs": `
        const patched = require("./src/patched.js");
        const { Breadcrumb } = require("breadcrumb-tracer");
        const every = { hits: 1e6, totalHits: 1e6, cpuMs: 1e6, pauseMs: 1e6 };
        (async () => {
          patched.patchAll();
          const session = await Breadcrumb.start({ include: ["src/**"], store: ":memory:", inspector: every });
          const result = patched.use([1, 2, 3]);
          await session.stop();
          const use = session.calls().filter((call) => call.function === "use");
          process.stdout.write(JSON.stringify([result, use.map((call) => [call.status, call.arguments, call.result])]));
        })();`,
    };
    const ended = run(node, ["main.cjs"], project(files));
    expect(ended, ended.stderr).toMatchObject({ status: 0, signal: null });
    const result = [2, 4, 6];
    expect(JSON.parse(ended.stdout)).toEqual([result, [["returned", [[1, 2, 3]], result]]]);
  });
});
