/**
 * Handlebars templates of a folder: `<name>.hbs`, and partials `_<name>.hbs`.
 */
"use strict";
const Handlebars = require("handlebars");
const { readFile, readdir } = require("node:fs/promises");
const { basename, join } = require("node:path");

const MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ");

class Templates {
  #engine = Handlebars.create();
  #compiled = new Map();

  constructor() {
    this.#engine.registerHelper("day", formatDay);
    this.#engine.registerHelper("plural", (count, word) => (count === 1 ? word : `${word}s`));
  }

  /** Reads and compiles a folder. */
  static async load(folder) {
    const templates = new Templates();
    const names = (await readdir(folder)).filter((name) => name.endsWith(".hbs")).sort();
    await Promise.all(
      names.map(async (name) => {
        templates.#add(basename(name, ".hbs"), await readFile(join(folder, name), "utf8"));
      }),
    );
    return templates;
  }

  #add(name, text) {
    if (name.startsWith("_")) this.#engine.registerPartial(name.slice(1), text);
    else this.#compiled.set(name, this.#engine.compile(text));
  }

  /** Renders the template of that name. */
  render(name, data) {
    return this.#compiled.get(name)(data);
  }
}

/** `2026-03-01` → `1 Mar 2026`. */
function formatDay(date) {
  const [year, month, day] = date.split("-").map(Number);
  return `${day} ${MONTHS[month - 1]} ${year}`;
}

module.exports = { Templates };
