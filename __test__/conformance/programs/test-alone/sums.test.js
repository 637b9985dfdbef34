/** Tests of `node:test`, some of which fail, in the process that reports them. */
"use strict";
const assert = require("node:assert");
const { before, describe, it, test } = require("node:test");
function add(a, b) { return a + b; }
describe("sums", () => { before(() => { add(1, 2); }); it("adds", () => { assert.strictEqual(add(1, 1), 2); }); it("fails", () => { assert.strictEqual(add(1, 1), 3); }); });
["a", "b"].forEach((name) => { test(name, async (t) => { await t.test("inner", () => { throw new Error(`no ${name}`); }); }); });
