/** Templates that become functions by `new Function`, with errors that point into the template. */
"use strict";
const ejs = require("ejs");

const source = `<% for (const [at, line] of lines.entries()) { -%>
<%= at %>: <%- line.name %> <%= line.cents %><% if (line.note) { %> (<%= line.note() %>)<% } %>
<% } %><%= await_ = typeof total %>`;
const lines = Array.from({ length: 30 }, (_, at) => ({ name: `<b>${at}</b>`, cents: at * 3, note: at % 4 ? null : () => `n${at}` }));
console.log(ejs.render(source, { lines, total: 1, await_: 0 }));
const broken = ejs.compile("line one\n<%= lines[0].missing.deep %>\n", { filename: "page.ejs" });
try {
  broken({ lines });
} catch (error) {
  console.log(error.message);
}
ejs.render("<%= await Promise.resolve(7) %>", {}, { async: true }).then(console.log);
console.log(ejs.compile("a<%= b %>", { client: true }).toString());
