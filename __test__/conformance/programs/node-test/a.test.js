/** Tests of Node's own runner, which tells reporters where each stands. */
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
