/**
 * The head of a post: `key: value` lines between two lines of `---`.
 */
"use strict";

/** A post whose head cannot be understood. */
class FrontMatterError extends Error {
  constructor(message, line) {
    super(`${message} (line ${line})`);
    this.name = "FrontMatterError";
    this.line = line;
  }
}

/** How the value of each key is read. */
const READERS = {
  title: (value) => value,
  date: (value, line) => {
    if (!/^\d{4}-\d{2}-\d{2}$/.test(value)) throw new FrontMatterError(`bad date "${value}"`, line);
    return value;
  },
  tags: (value) => value.split(",").map((tag) => tag.trim()),
};

/** Splits a post into its attributes and its body. */
function parseFrontMatter(text) {
  const lines = text.split("\n");
  if (lines[0] !== "---") throw new FrontMatterError("no front matter", 1);
  const attributes = { tags: [] };
  let at = 1;
  for (; at < lines.length && lines[at] !== "---"; at++) {
    const [key, value] = parseLine(lines[at], at + 1);
    attributes[key] = READERS[key](value, at + 1);
  }
  return { attributes, body: lines.slice(at + 1).join("\n") };
}

function parseLine(text, line) {
  const colon = text.indexOf(":");
  const key = text.slice(0, colon).trim();
  if (colon < 0 || !(key in READERS)) throw new FrontMatterError(`unknown key "${key}"`, line);
  return [key, text.slice(colon + 1).trim()];
}

module.exports = { FrontMatterError, parseFrontMatter };
