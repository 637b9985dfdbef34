/** Functions dispatched by type, made by factories; expressions, matrices, units. */
"use strict";
const math = require("mathjs");

for (const text of [
  "2 ^ 10 / 3", "sqrt(-4) + 3i", "[1, 2; 3, 4] * [5; 6]", "det([2, 1; 7, 4])", "5 cm + 2 inch to mm", "f(x) = x^2 + 1; f(1:4)",
  "bignumber(1) / 3", "fraction(1, 3) + fraction(1, 6)", "simplify('2x + 3x - x')", "derivative('x^3 * sin(x)', 'x')", "inv([4, 7; 2, 6])",
  "map([1, 2, 3], f(x) = x * 2)", "1 + ", "nothing(2)", "[1, 2] * [1, 2, 3]", "combinations(10, 3)", "std([1, 2, 3, 4])",
]) {
  try {
    console.log(text, "=", math.format(math.evaluate(text), { precision: 12 }));
  } catch (error) {
    console.log(text, "!", error.name, error.message);
  }
}
console.log(math.parse("a * (b + c)!").toTex(), math.lup([[2, 1], [1, 3]]).p);
