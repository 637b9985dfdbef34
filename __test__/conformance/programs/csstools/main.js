/** Style sheets through four tools: compiled, prefixed, minified. */
"use strict";
const postcss = require("postcss");
const autoprefixer = require("autoprefixer");
const csso = require("csso");
const less = require("less");

const source = `@w: 10px; .m(@n) when (@n > 0) { .c-@{n} { width: (@w * @n); } .m(@n - 1); } .m(8);
a { &:hover { color: fade(#fff, 20%); display: flex } user-select: none; .b & { transition: transform 1s } }
@media print { a { color: black } } .x { .c-3(); }`;
less.render(source).then(async ({ css }) => {
  console.log(css);
  const unit = (root) => root.walkDecls((decl) => void (decl.value = decl.value.replace("1s", "2s")));
  const plugins = [autoprefixer({ overrideBrowserslist: ["ie 10", "safari 8"] }), { postcssPlugin: "unit", Once: unit }];
  const prefixed = await postcss(plugins).process(css, { from: "a.css", map: { inline: true } });
  console.log(prefixed.css.length, prefixed.messages.length);
  console.log(csso.minify(prefixed.css, { restructure: true }).css);
  await less.render("a { .missing(); }").catch((error) => console.log(error.type, error.message, error.line, error.column));
  await postcss().process("a {", { from: "b.css" }).then((r) => r.css).catch((error) => console.log(error.message));
});
