/** Templates that become functions, with mixins, includes and inheritance. */
"use strict";
const pug = require("pug");

const render = pug.compile(`
mixin item(name, cents)
  li(class={odd: cents % 2})= name
    block
    small= (cents / 100).toFixed(2)
doctype html
html
  body
    h1 #{title} !{raw}
    each line, at in lines
      +item(line.name, line.cents)(data-at=at): b= at
    else
      p none
    case lines.length
      when 0: p zero
      default: p many
    - let n = 3
    while n-- > 0
      i= n`, { filename: "page.pug", pretty: false });
console.log(render({ title: "<t>", raw: "<r>", lines: Array.from({ length: 25 }, (_, n) => ({ name: `&${n}`, cents: n * 101 })) }));
console.log(pug.compileClient("p= x", { name: "template", compileDebug: false }).length > 500);
for (const source of ["p(a=", "p\n= missing.deep", "+nothing()"]) {
  try {
    pug.render(source, { filename: "broken.pug" });
  } catch (error) {
    console.log(error.message);
  }
}
