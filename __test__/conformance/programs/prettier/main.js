/** A formatter over seven languages. */
"use strict";
const prettier = require("prettier");

const sources = {
  babel: "async function*f({a,b=1,...c},[d]){for await(const x of a)yield*g(x)?.h??i;label:while(1)break label}\nclass A extends B{static #p=1;get q(){return this.#p}}",
  typescript: "enum E{A=1,B}\nabstract class C<T extends keyof E>implements I{constructor(private readonly x:T|undefined){super()}declare y:[a:string,b?:number]}",
  css: "a{color:red;background:url(x.png)}@media (min-width:1px){b{margin:0 auto}}",
  html: "<div><p>a<b>c</b></p><script>let x=1</script><style>a{b:c}</style></div>",
  markdown: "* a\n* b\n\n| a|b |\n|--|--|\n|1|2|\n```js\nlet  x\n```",
  yaml: "a:   1\nb:\n    - c\n    -   d: {e:   f}",
  json: '{"a":[1,2,{"b":null}]}',
};
(async () => {
  for (const [parser, source] of Object.entries(sources)) console.log(await prettier.format(source, { parser, printWidth: 60 }));
  for (const [parser, source] of [["babel", "let = ;"], ["css", "a{"], ["yaml", "a: ["], ["typescript", "class {"]]) {
    await prettier.format(source, { parser }).catch((error) => console.log(error.name, error.message));
  }
})();
