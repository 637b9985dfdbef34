/** A template engine whose tags and filters are generators, run both ways. */
"use strict";
const { Liquid, Tag, Hash, evalToken, Tokenizer } = require("liquidjs");
const templates = {
  page: "{% layout 'base' %}{% block body %}{% for line in order.lines reversed limit: 3 %}{{ forloop.index }}/{{ forloop.length }} {{ line.name | capitalize | append: '!' }} {{ line.cents | divided_by: 100.0 | round: 2 }}{% unless forloop.last %}, {% endunless %}{% else %}none{% endfor %}{% endblock %}",
  base: "<{% block head %}head{% endblock %}|{% block body %}{% endblock %}|{% render 'part', n: 3, items: order.lines %}>",
  part: "{% assign sum = 0 %}{% for item in items %}{% assign sum = sum | plus: item.cents %}{% endfor %}{{ sum }}{% increment n %}{% cycle 'a', 'b' %}",
};
const engine = new Liquid({ templates, strictFilters: true, cache: true, ownPropertyOnly: false });
engine.registerFilter("later", async (value, by) => { await null; return `${value}~${by}`; });
engine.registerFilter("fails", () => { throw new TypeError("filter"); });
engine.registerTag("repeat", class extends Tag {
  constructor(token, rest, liquid) {
    super(token, rest, liquid);
    this.times = new Tokenizer(token.args).readValue();
    this.inner = [];
    while (rest.length > 0) { const next = rest.shift(); if (next.name === "endrepeat") return; this.inner.push(liquid.parser.parseToken(next, rest)); }
    throw new Error("repeat is not closed");
  }
  *render(context, emitter) {
    const times = yield evalToken(this.times, context);
    for (let at = 0; at < times; at++) yield this.liquid.renderer.renderTemplates(this.inner, context, emitter);
  }
});
const order = { lines: [{ name: "apple", cents: 150 }, { name: "pear", cents: 99 }, { name: "fig", cents: 5 }, { name: "nut", cents: 1 }], get size() { return Promise.resolve(4); }, *each() { yield 1; } };
const texts = ["{{ 'a' | later: 2 }}", "{% repeat 3 %}{{ order.lines[0].name | slice: 0, 2 }}-{% endrepeat %}", "{% tablerow l in order.lines cols: 2 %}{{ l.name }}{% endtablerow %}", "{{ order.size }}",
  "{% case order.lines.size %}{% when 4 %}four{% else %}?{% endcase %}{% capture c %}x{{ 1 | plus: 2 }}{% endcapture %}{{ c }}", "{{ order.lines | map: 'name' | sort | join: '+' | upcase }}", "{{ order.lines | where: 'cents', 99 | first | json }}", "{{ 'now' | fails }}", "{% if %}", "{{ x | nofilter }}", "{{ '2020-02-03' | date: '%Y/%m/%d' }} {{ '<a>' | escape }}", "{% for i in (1..20) %}{% if i == 3 %}{% continue %}{% endif %}{% if i > 6 %}{% break %}{% endif %}{{ i }}{% endfor %}"];
(async () => {
  console.log(engine.renderFileSync("page", { order }), await engine.renderFile("page", { order }));
  for (const text of texts) {
    for (const way of ["parseAndRender", "parseAndRenderSync"]) {
      try { console.log(way, await engine[way](text, { order })); } catch (error) { console.log(way, error.name, error.message, error.context); }
    }
  }
  console.log(engine.parse(texts[1]).map(({ constructor, token }) => [token.kind, typeof constructor]), typeof Hash);
  let out = ""; for await (const part of engine.renderToNodeStream(engine.parse(texts[4]), { order })) out += part;
  console.log(out);
})();
