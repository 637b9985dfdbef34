/** CoffeeScript compiles, registers a handler of its own for files, runs code and maps stacks back. */
"use strict";
const fs = require("node:fs");
const path = require("node:path");
const coffee = require("coffeescript");

const clean = (text) => String(text).replaceAll(__dirname, "").replaceAll(/[^(]*node_modules/g, "…");
const frames = (error, n = 4) => clean(error.stack).split("\n").slice(0, n).join("\n");

const source = fs.readFileSync(path.join(__dirname, "cart.coffee"), "utf8");
const { js, v3SourceMap } = coffee.compile(source, { sourceMap: true, filename: "cart.coffee", bare: true });
fs.writeFileSync("cart.js", js);
fs.writeFileSync("cart.js.map", v3SourceMap);
fs.writeFileSync("nodes.txt", coffee.nodes(source).toString());
fs.writeFileSync("tokens.txt", coffee.tokens(source).map(([tag, value]) => `${tag} ${value}`).join("\n"));
console.log(coffee.compile("f = (a, {b = 2, c...}, [d, e...]...) -> await g a ? b?.c?() for x in [1..a] by 2 when x isnt 3", { bare: true }));
for (const wrong of ["f = (", "a b\n   c\n d", "x = 'a", "class\n  @a: ->\n   super", "for in", "a = b: c, d"]) {
  try {
    console.log(coffee.compile(wrong, { filename: "wrong.coffee" }));
  } catch (error) {
    console.log(error.name, error.message, JSON.stringify(error.location), clean(error));
  }
}
require("coffeescript/register");
const { Cart, total, names } = require("./cart.coffee");
const cart = new Cart("c");
cart.add("a", 2).add("b", 3);
console.log(total(cart), [...names(cart)], String(cart), Cart.count, String(total), Cart.prototype.add.length);
for (const fails of [() => cart.add("", 1), () => cart.remove("z"), () => total(null)]) {
  try {
    fails();
  } catch (error) {
    console.log(frames(error));
  }
}
console.log(coffee.eval("(x * x for x in [1..4]).concat __filename", { filename: "sum.coffee", sandbox: { y: 1 } }));
try {
  coffee.eval("throw new TypeError 'evaluated'", { filename: "thrown.coffee" });
} catch (error) {
  console.log(error.message, frames(error, 2));
}
cart.later("a").then(console.log);
cart.later("none").catch((error) => console.log(frames(error, 3)));
process.on("exit", () => coffee.run("console.log 'ran', (-> @).call(3) is 3, __filename isnt undefined", { filename: path.join(__dirname, "cart.coffee") }));
