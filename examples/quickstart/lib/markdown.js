/**
 * A few of Markdown's blocks and inlines, rendered to HTML.
 */
"use strict";

/** The first that matches a line renders its block. */
const BLOCKS = [
  { test: /^#{1,3} /, render: (lines) => renderHeading(lines.shift()) },
  { test: /^[-*] /, render: (lines) => renderList(lines) },
  { test: /^```/, render: (lines) => renderCode(lines) },
  { test: /./, render: (lines) => renderParagraph(lines) },
];

/** Renders a text. */
function renderMarkdown(text) {
  return [...blocks(text.split("\n"))].join("\n");
}

/** The rendered blocks, one after the other. */
function* blocks(lines) {
  while (lines.length > 0) {
    const block = BLOCKS.find(({ test }) => test.test(lines[0]));
    if (block === undefined) lines.shift();
    else yield block.render(lines);
  }
}

function renderHeading(line) {
  const level = line.indexOf(" ");
  return `<h${level}>${renderInline(line.slice(level + 1))}</h${level}>`;
}

function renderList(lines) {
  const items = takeWhile(lines, (line) => /^[-*] /.test(line));
  return `<ul>${items.map((item) => `<li>${renderInline(item.slice(2))}</li>`).join("")}</ul>`;
}

function renderCode(lines) {
  lines.shift();
  const code = takeWhile(lines, (line) => !line.startsWith("```"));
  lines.shift();
  return `<pre>${escape(code.join("\n"))}</pre>`;
}

function renderParagraph(lines) {
  return `<p>${renderInline(takeWhile(lines, (line) => line !== "").join(" "))}</p>`;
}

function renderInline(text) {
  return escape(text)
    .replace(/\*\*(.+?)\*\*/g, (_, bold) => `<b>${bold}</b>`)
    .replace(/`(.+?)`/g, (_, code) => `<code>${code}</code>`)
    .replace(/\[(.+?)\]\((.+?)\)/g, (_, label, url) => `<a href="${url}">${label}</a>`);
}

function escape(text) {
  return text.replace(/[&<>]/g, (character) => `&#${character.charCodeAt(0)};`);
}

function takeWhile(lines, accepts) {
  let count = 0;
  while (count < lines.length && accepts(lines[count])) count += 1;
  return lines.splice(0, count);
}

module.exports = { renderMarkdown };
