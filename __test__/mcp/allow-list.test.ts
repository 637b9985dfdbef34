import { describe, expect, test } from "vitest";
import { isAllowed, parseAllowed } from "../../ts/mcp/allow-list";

describe("a command is allowed word by word", () => {
  test.each([
    ["npm test", ["npm", "test"], true],
    ["npm test", ["npm", "test", "--", "x"], false],
    ["npm test", ["npm"], false],
    ["npm test", ["npm", "test; rm -rf /"], false],
    ["npm test **", ["npm", "test"], true],
    ["npm test **", ["npm", "test", "--", "$(x)"], true],
    ["npm test **", ["npm", "install", "x"], false],
    ["node examples/*.js", ["node", "examples/a.js"], true],
    ["node examples/*.js", ["node", "examples/../evil.js"], false],
    ["node examples/*.js", ["node", "examples/deep/a.js"], false],
    ["node examples/*.js", ["node", "examples/a.js", "--inspect"], false],
    ["node a.js", ["node", "aXjs"], false],
    ["node [a]+.js", ["node", "[a]+.js"], true],
    ["**", ["node"], false],
    ["", ["node"], false],
    ["*", ["node"], true],
  ])("%j allows %j: %s", (pattern, command, allowed) => {
    expect(isAllowed([["other"], parseAllowed(pattern)], command)).toBe(allowed);
  });

  test("without patterns nothing is", () => {
    expect(isAllowed([], ["node"])).toBe(false);
  });
});
