/** Logic-less templates by two engines, one of which compiles. */
"use strict";
const Mustache = require("mustache");
const nunjucks = require("nunjucks");

const view = { name: "<Ada>", items: Array.from({ length: 12 }, (_, n) => ({ n, odd: n % 2 === 1 })), bold: () => (text, render) => `<b>${render(text)}</b>` };
console.log(Mustache.render("{{name}} {{{name}}} {{#items}}{{#odd}}{{n}},{{/odd}}{{^odd}}-{{/odd}}{{/items}}{{#bold}}x {{name}}{{/bold}}{{> p}}", view, { p: "[{{items.0.n}}]" }));
const env = new nunjucks.Environment(null, { autoescape: true });
env.addFilter("later", (text, callback) => setImmediate(() => callback(null, text.toUpperCase())), true);
env.addGlobal("add", (a, b) => a + b);
console.log(env.renderString(`{% macro row(n, odd=false) %}{{ loop }}{{ n }}{% if odd %}*{% endif %}{% endmacro %}
{% for item in items | reverse %}{{ row(item.n, odd=item.odd) }}{% if loop.last %}.{% endif %}{% else %}none{% endfor %}
{% set total = add(1, 2) %}{{ total ** 2 }} {{ name | truncate(3) }} {{ [1, 2] | join("+") }} {{ missing or "default" }}`, view));
env.renderString("{{ name | later }}", view, (error, text) => console.log(error, text));
for (const broken of ["{% if %}", "{{ a.b.c.d() }}", "{% for x in %}"]) {
  env.renderString(broken, {}, (error) => console.log(String(error.message).split("\n").at(-1)));
}
