/** Invoices from lines of text. One fails, far from where the mistake is: `main.mjs` finds it as an agent would. */
"use strict";

const LINES = [
  "A-1001;Tea;2;3,50",
  "A-1002;Teapot;1;49,90",
  "A-1003;Samovar;1;1.250,00",
  "A-1004;Cup;6;7,25",
];

function parseAmount(text) {
  return Number(text.replace(",", "."));
}

function parseLine(line) {
  const [number, article, pieces, price] = line.split(";");
  return { number, article, pieces: parseAmount(pieces), price: parseAmount(price) };
}

function priceOf(order) {
  return { number: order.number, total: order.pieces * order.price };
}

function printInvoice(invoice) {
  if (!(invoice.total > 0)) throw new RangeError(`invoice ${invoice.number} has no total`);
  return `${invoice.number}: ${invoice.total.toFixed(2)}`;
}

function main(lines) {
  for (const line of lines) console.log(printInvoice(priceOf(parseLine(line))));
}

main(LINES);
