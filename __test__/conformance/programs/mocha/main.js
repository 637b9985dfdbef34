/** A test runner runs a suite with what suites have. */
"use strict";
const assert = require("node:assert");

describe("a suite", function () {
  this.slow(1e6);
  const seen = [];
  before(async () => void seen.push("before"));
  beforeEach((done) => setImmediate(() => (seen.push("each"), done())));
  for (let at = 0; at < 20; at++) it(`counts ${at}`, () => assert.equal(at % 10 === 9 ? -1 : at, at));
  it("awaits", async () => assert.deepEqual(await Promise.all([1, Promise.resolve(2)]), [1, 2]));
  it("fails later", (done) => void setImmediate(() => done(new Error("later"))));
  it("is pending");
  it.skip("is skipped", () => assert.fail());
  it("throws no error", () => { throw { message: "an object" }; });
  describe("nested", () => {
    it("differs", () => assert.deepStrictEqual({ a: [1, 2, { b: 3 }] }, { a: [1, 2, { b: 4 }] }));
    after(() => console.log(seen.length));
  });
});
