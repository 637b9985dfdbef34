/** HTML is parsed, asked and changed. */
"use strict";
const { load } = require("cheerio");

const rows = Array.from({ length: 60 }, (_, at) => `<tr class="r${at % 5}"><td>${at}<td>${"x".repeat(at % 9)}</tr>`);
const $ = load(`<!doctype html><title>T</title><table>${rows.join("")}</table><p>a<p>b<b>c<i>d</b>e`);
$(".r3 td:first-child").each((at, cell) => void $(cell).attr("data-at", String(at)).text((_, text) => text * 2));
$("table").find("tr").filter((at) => at % 7 === 0).remove();
console.log($("tr:nth-child(odd) > td").map((_, cell) => $(cell).text()).get().join());
console.log($("p").toArray().map((node) => $.html(node)));
console.log($.html().length, $("td[data-at]").closest("table").children().length);
try {
  $("p:not(");
} catch (error) {
  console.log(error.message);
}
