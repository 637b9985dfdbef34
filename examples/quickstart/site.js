/**
 * A small static site: Markdown files with front matter, rendered through Handlebars templates.
 * `npm run quickstart` records it. One of its posts is broken on purpose.
 *
 *     node examples/quickstart/site.js [output folder]
 */
"use strict";
const { mkdtemp, mkdir, readFile, readdir, writeFile } = require("node:fs/promises");
const { tmpdir } = require("node:os");
const { basename, join } = require("node:path");
const { parseFrontMatter } = require("./lib/front-matter");
const { renderMarkdown } = require("./lib/markdown");
const { mapLimit } = require("./lib/map-limit");
const { Templates } = require("./lib/templates");

const CONCURRENT_READS = 3;

/** Reads and renders one post. */
async function loadPost(file) {
  const text = await readFile(file, "utf8");
  const { attributes, body } = parseFrontMatter(text, basename(file));
  return { slug: basename(file, ".md"), ...attributes, html: renderMarkdown(body) };
}

/** Like `loadPost`, but a broken post is reported and left out. */
async function loadOrReport(file, problems) {
  try {
    return await loadPost(file);
  } catch (error) {
    problems.push(`${basename(file)}: ${error.message}`);
    return null;
  }
}

/** Posts by tag, both sorted. */
function groupByTag(posts) {
  const groups = new Map();
  for (const post of posts) {
    for (const tag of post.tags) {
      if (!groups.has(tag)) groups.set(tag, []);
      groups.get(tag).push(post);
    }
  }
  return [...groups].map(([tag, tagged]) => ({ tag, posts: tagged })).sort(byTag);
}

const byTag = (a, b) => (a.tag < b.tag ? -1 : 1);
const byDate = (a, b) => (a.date < b.date ? 1 : -1);

/** Builds the whole site and returns what was written. */
async function buildSite(source, output) {
  const templates = await Templates.load(join(source, "templates"));
  const names = (await readdir(join(source, "content"))).filter((name) => name.endsWith(".md"));
  const problems = [];
  const loaded = await mapLimit(names.sort(), CONCURRENT_READS, (name) =>
    loadOrReport(join(source, "content", name), problems),
  );
  const posts = loaded.filter((post) => post !== null).sort(byDate);
  const pages = posts.map((post) => [`${post.slug}.html`, templates.render("post", post)]);
  pages.push(["index.html", templates.render("index", { posts, tags: groupByTag(posts) })]);
  await mkdir(output, { recursive: true });
  await Promise.all(pages.map(([name, html]) => writeFile(join(output, name), html)));
  return { pages: pages.map(([name, html]) => ({ name, characters: html.length })), problems };
}

async function main() {
  const output = process.argv[2] ?? (await mkdtemp(join(tmpdir(), "site-")));
  const { pages, problems } = await buildSite(__dirname, output);
  for (const { name, characters } of pages) console.log(`${name}  ${characters} characters`);
  for (const problem of problems) console.log(`left out: ${problem}`);
}

main();
