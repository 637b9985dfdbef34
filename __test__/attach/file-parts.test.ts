import { expect, test } from "vitest";
import { fileParts } from "../../ts/attach/file-parts";

test.each<[readonly string[], readonly string[] | null]>([
  [["src/cart.js"], ["src/cart.js"]],
  [
    ["src/cart.js:total", "src/cart.js:Cart.*", "npm:express:handle"],
    ["src/cart.js", "npm:express"],
  ],
  [
    ["npm:express", "!src/gen/**"],
    ["npm:express", "!src/gen/**"],
  ],
  [["src/**", "!src/cart.js:get *", "!:get *"], ["src/**"]],
  [["src/cart.js", ":checkout"], null],
])("%j are in the files %j", (patterns, files) => {
  expect(fileParts(patterns)).toEqual(files);
});
