/**
 * Mutations of the instrumenter's fixtures: lines taken out, doubled, moved, words exchanged.
 *
 * `return await x` → `return yield x`.
 * Limits: many are no JavaScript any more; both runs must say so alike.
 */
import { readdirSync, readFileSync } from "node:fs";
import { extname, join } from "node:path";
import fc from "fast-check";
import { ROOT } from "../conformance/programs.ts";
import type { GeneratedProgram } from "./statements.ts";

const FOLDER = join(ROOT, "crates/instrument/tests/fixtures");
const WORD = /[A-Za-z_$][\w$]*|=>|[-+*/=<>!&|?]+|[{}()[\];,]|\d+/g;
const WORDS = [
  ["return", "throw", "yield", "await", "async", "var", "let", "const", "function", "class"],
  ["break", "continue", "try", "finally", "=>", "static", "get", "new", "typeof", "arguments"],
  ["yield*", "this", "super", "eval", "0", ";", ",", "(", ")", "{", "}", "?.", "??", "...", ""],
].flat();
const MAX_MUTATIONS = 4;

interface Change {
  readonly kind: "remove" | "double" | "move" | "word" | "exchange";
  readonly at: number;
  readonly to: number;
  readonly word: string;
}

const change: fc.Arbitrary<Change> = fc.record({
  kind: fc.constantFrom("remove", "double", "move", "word", "exchange"),
  at: fc.nat({ max: 9999 }),
  to: fc.nat({ max: 9999 }),
  word: fc.constantFrom(...WORDS),
});

/** Fixtures that end the process, which the next programs need; that import themselves: changed, they
 * could wait for themselves for ever; that print lines of stacks, where no known gap can be told. */
const UNFIT =
  /process\.(?:exit|abort|kill)|child_process|import\.meta\.url\)|require\(__filename|stack\.split/;

/** Fixtures with a few changes. */
export function mutations(): fc.Arbitrary<GeneratedProgram> {
  const texts = readdirSync(FOLDER)
    .filter((name) => /\.m?js$/.test(name))
    .map((name): [string, string] => [name, readFileSync(join(FOLDER, name), "utf8")])
    .filter(([, text]) => !UNFIT.test(text));
  return fc
    .tuple(fc.constantFrom(...texts), fc.array(change, { minLength: 1, maxLength: MAX_MUTATIONS }))
    .map(([[name, text], changes]) => ({
      extension: extname(name) === ".mjs" ? "mjs" : "cjs",
      text: changes.reduce(apply, text),
    }));
}

function apply(text: string, { kind, at, to, word }: Change): string {
  if (kind === "word" || kind === "exchange") return changeWord(text, kind, at, to, word);
  const lines = text.split("\n");
  const line = lines[at % lines.length] as string;
  if (kind === "remove" || kind === "move") lines.splice(at % lines.length, 1);
  if (kind !== "remove") lines.splice(to % (lines.length + 1), 0, line);
  return lines.join("\n");
}

function changeWord(text: string, kind: string, at: number, to: number, word: string): string {
  const words = [...text.matchAll(WORD)];
  const [one, other] = [words[at % words.length], words[to % words.length]];
  if (one === undefined || other === undefined) return text;
  const put = kind === "word" ? word : other[0];
  return `${text.slice(0, one.index)}${put}${text.slice(one.index + one[0].length)}`;
}
