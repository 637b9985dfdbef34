/** A generator of parsers: the parser that it makes runs as text. */
"use strict";
const peggy = require("peggy");

const grammar = `
start = _ @sum _
sum = head:product tail:(_ @("+" / "-") _ @product)* { return tail.reduce((a, [op, b]) => (op === "+" ? a + b : a - b), head); }
product = head:value tail:(_ @("*" / "/") _ @value)* { return tail.reduce((a, [op, b]) => (op === "*" ? a * b : a / b), head); }
value = number / "(" _ @sum _ ")" / name:$[a-z]+ { return options.names?.[name] ?? error("no " + name); }
number "number" = [0-9]+ ("." [0-9]+)? { return Number(text()); }
_ = [ \\t\\n]*`;
const { parse } = peggy.generate(grammar, { cache: true });
for (const text of ["1 + 2 * (3 - 4) / 5", "a * b", "2 +", "(1", "((((((((1))))))))", "x"]) {
  try {
    console.log(text, "=", parse(text, { names: { a: 6, b: 7 } }));
  } catch (error) {
    console.log(text, error.name, error.message, error.location.start);
  }
}
const source = peggy.generate(grammar, { output: "source", format: "commonjs" });
console.log(source.length > 5000, /function peg\$parse/.test(source));
try {
  peggy.generate("a = b");
} catch (error) {
  console.log(error.message);
}
