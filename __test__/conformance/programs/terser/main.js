/** A minifier minifies a library of some size, and its result still works. */
"use strict";
const { minify } = require("terser");
const { readFileSync } = require("node:fs");

(async () => {
  const source = readFileSync(require.resolve("mustache"), "utf8");
  for (const options of [{ compress: { passes: 2, unsafe: true }, mangle: { toplevel: true } }, { compress: false, format: { beautify: true, comments: "all" } }, { sourceMap: true }]) {
    const { code, map } = await minify({ "mustache.js": source }, options);
    const module = { exports: {} };
    new Function("module", "exports", code)(module, module.exports);
    console.log(code.length, map?.length, module.exports.render("{{a}}{{#b}}!{{/b}}", { a: 1, b: [1, 2] }));
  }
  const tricky = "var a=1;function f(){return a?function g(){return g.name+arguments.length}:0}label:for(;;){try{break label}finally{a++}}console.log(f()(1,2),`${a}`,a**2,a??=3,class{static{a=4}})";
  console.log((await minify(tricky, { toplevel: true, ecma: 2022 })).code);
  await minify("let let = 1").catch((error) => console.log(error.name, error.message, error.line, error.col));
})();
