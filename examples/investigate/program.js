/** Something to record twice for `main.mjs`: `program.js` prices a basket, `program.js sale` another way. */
"use strict";

const basket = [
  { sku: "tea-01", pieces: 2, price: 4 },
  { sku: "cup-07", pieces: 1, price: 9 },
];

function discount(line) {
  if (line.sku === "cup-07") throw new RangeError(`no discount for ${line.sku}`);
  return 1;
}

function priceOf(line, sale) {
  const price = line.pieces * line.price;
  if (!sale) return price;
  try {
    return price - discount(line);
  } catch {
    return price;
  }
}

function checkout(lines, sale) {
  return lines.reduce((sum, line) => sum + priceOf(line, sale), 0);
}

console.log(checkout(basket, process.argv[2] === "sale"));
