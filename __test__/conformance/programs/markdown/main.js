/** Markdown by two parsers, code in it coloured by a third. */
"use strict";
const { Marked } = require("marked");
const MarkdownIt = require("markdown-it");
const hljs = require("highlight.js");

const source = `# Title & more\n\n- a\n  - b **c** _d_\n- [x](http://a.b "t")\n\n> quote \`code\`\n\n| a | b |\n|---|:-:|\n| 1 | ~~2~~ |\n
\`\`\`js\nconst f = async (x) => { for await (const y of x) yield\`a\${y}\`; } // c\n\`\`\`\n\n1. one\n1. two\n\n***\n![i](j.png)\n<b>html</b> www.example.com`.repeat(5);
const marked = new Marked({ gfm: true, breaks: true });
marked.use({ renderer: { heading({ tokens, depth }) { return `<h${depth}>!${this.parser.parseInline(tokens)}</h${depth}>`; } } });
console.log(marked.parse(source));
const highlight = (code, language) => (language ? hljs.highlight(code, { language }).value : "");
console.log(new MarkdownIt({ html: true, linkify: true, typographer: true, highlight }).render(source));
console.log(hljs.highlightAuto("def f(x): return {'a': x}").language, hljs.highlight("SELECT a FROM b WHERE c = 'd'", { language: "sql" }).value);
try {
  marked.parse(null);
} catch (error) {
  console.log(error.message);
}
