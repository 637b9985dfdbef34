"use strict";
const Handlebars = require("handlebars");
const { writeFileSync } = require("node:fs");
const path = require("node:path");

Handlebars.registerHelper("money", (cents) => new Handlebars.SafeString(`€${(cents / 100).toFixed(2)}`));
Handlebars.registerHelper("list", function (items, options) {
  return items.map((item, index) => options.fn(item, { data: { index } })).join("");
});
Handlebars.registerPartial("line", "{{name}}{{#if note}} ({{note}}){{/if}}: {{money cents}}\n");

const source = `# {{title}}
{{#list lines}}{{> line}}{{/list}}{{#each totals as |total key|}}{{key}}={{money total}}
{{else}}nothing
{{/each}}{{#with customer}}{{first}} {{last}}{{/with}}{{lookup rates "high"}}
`;
const lines = Array.from({ length: 50 }, (_, at) => ({
  name: `<item ${at}>`,
  cents: (at * 7919) % 5000,
  note: at % 3 === 0 ? "&c." : "",
}));
const view = {
  title: 'Invoice "7"',
  lines,
  totals: { net: 125_00, tax: 23_75 },
  customer: { first: "Ada", last: "L'Ovelace" },
  rates: { high: 19 },
};

const render = Handlebars.compile(source, { strict: false });
let text = "";
for (let round = 0; round < 20; round++) text = render({ ...view, round });
console.log(text);
writeFileSync(path.join(__dirname, "precompiled.js"), Handlebars.precompile(source));
try {
  Handlebars.compile("{{#each}}")({});
} catch (error) {
  console.log(error.name, error.message);
}
console.error(Handlebars.compile("{{missing.deep.path}}|{{toString}}")({}));
