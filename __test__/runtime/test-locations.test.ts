import { describe, expect, it } from "vitest";
import { nodes, project, register, run } from "../support/program";

const TESTS = `/** Tests of Node's own runner, which tells reporters where each stands. */
"use strict";
const { describe, it, test, beforeEach } = require("node:test");
const assert = require("node:assert");

describe("outer", () => { beforeEach(() => {}); it("is in a function", () => { assert.ok(true); });
  describe("inner", () => { it("is deeper", async () => { await null; }); });
});
test("with a context", async (t) => {
  await t.test("awaited", async (t) => { const one = 1; await t.test("again", () => { assert.equal(one, 1); }); });
  if (t.name) { await t.test("skipped", { skip: true }, () => {}); }
});
`;

const REPORTER = `import { basename } from "node:path";
export default async function* report(source) {
  for await (const { type, data: { name, file, line, column } } of source) {
    if (type === "test:pass" || type === "test:fail") yield \`\${type} \${name} \${basename(file ?? "")}:\${line}:\${column}\\n\`;
  }
}
`;

describe.each(nodes)("node --test on %s", (_name, node) => {
  it("tells where tests stand in the original text", () => {
    const folder = project({ "a.test.js": TESTS, "reporter.mjs": REPORTER });
    const args = ["--test", "--test-reporter=./reporter.mjs", "a.test.js"];
    const plain = run(node, args, folder);
    const traced = run(node, args, folder, {
      NODE_OPTIONS: `--require ${register}`,
      BREADCRUMB_OPTIONS: '{"all":true}',
    });
    expect(plain.stdout).toContain("test:pass again a.test.js:10:65");
    expect(traced).toEqual(plain);
  });
});
