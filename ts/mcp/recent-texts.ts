/**
 * Long texts that a client gets short names for: the cursors of tails, which have 50 bytes a run.
 *
 *     const name = texts.keep(cursor);   // "w-5f2c…"
 *     texts.get(name)                    // cursor
 *
 * Limits: the `MAX_TEXTS` newest, as long as the server runs.
 */
import { randomBytes } from "node:crypto";
import { BreadcrumbError } from "../errors";

const MAX_TEXTS = 256;

/** See the file. */
export class RecentTexts {
  readonly #texts = new Map<string, string>();

  /** The name of a text. */
  keep(text: string): string {
    const name = `w-${randomBytes(6).toString("hex")}`;
    this.#texts.set(name, text);
    const [oldest] = this.#texts.keys();
    if (this.#texts.size > MAX_TEXTS && oldest !== undefined) this.#texts.delete(oldest);
    return name;
  }

  /** The text of a name. Throws `BC_ERR_BAD_OPTION`. */
  get(name: string): string {
    const text = this.#texts.get(name);
    if (text !== undefined) return text;
    throw new BreadcrumbError(
      "BC_ERR_BAD_OPTION",
      `no cursor ${JSON.stringify(name)} is known (any more): leave \`from\` out to wait from now on`,
    );
  }
}
