/**
 * Places in sources that a terminal opens by a click (OSC 8), where it can.
 *
 *     const links = createLinks(process.stdout, process.env, "/home/me/app");
 *     links("src/a.js:10", { file: "src/a.js", line: 10, col: 1 })
 *
 * Limits: there is no asking a terminal: those known to have them are told by the environment, and
 * FORCE_HYPERLINK=1 or 0 decides for others. A file that is not there (any more) gets no link.
 */
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";

/** A place in a source. */
export interface SourcePlace {
  readonly file: string;
  readonly line: number;
  readonly col?: number;
}

/** Makes a text a link. */
export type Links = (text: string, place: SourcePlace) => string;

/** Where there are none. */
export const noLinks: Links = (text) => text;

/** Programs that say so in TERM_PROGRAM. */
const KNOWN_PROGRAMS = ["vscode", "iTerm.app", "WezTerm", "Hyper", "ghostty", "Tabby", "rio"];
/** The first version of VTE (GNOME's terminal and others) whose links are sound. */
const LEAST_VTE = 5000;

type Environment = Readonly<Record<string, string | undefined>>;

/** Links for a stream; `root` is the folder that files are relative to. */
export function createLinks(
  stream: { readonly isTTY?: boolean },
  env: Environment,
  root: string,
): Links {
  if (!supportsLinks(stream, env)) return noLinks;
  const urls = new Map<string, string | null>();
  const urlOf = (file: string): string | null => {
    let url = urls.get(file);
    if (url === undefined) {
      const path = resolve(root, file);
      url = existsSync(path) ? pathToFileURL(path).href : null;
      urls.set(file, url);
    }
    return url;
  };
  return (text, { file, line, col }) => {
    const url = text === "" ? null : urlOf(file);
    if (url === null) return text;
    const target =
      env["TERM_PROGRAM"] === "vscode"
        ? `${url.replace(/^file:\/\//, "vscode://file")}:${line}:${col ?? 1}`
        : `${url}#${line}`;
    return `\u001B]8;;${target}\u001B\\${text}\u001B]8;;\u001B\\`;
  };
}

function supportsLinks(stream: { readonly isTTY?: boolean }, env: Environment): boolean {
  const forced = env["FORCE_HYPERLINK"];
  if (forced !== undefined && forced !== "") return forced !== "0";
  if (stream.isTTY !== true || env["CI"] || env["TERM"] === "dumb") return false;
  return (
    KNOWN_PROGRAMS.includes(env["TERM_PROGRAM"] ?? "") ||
    Number(env["VTE_VERSION"] ?? 0) >= LEAST_VTE ||
    ["WT_SESSION", "KONSOLE_VERSION", "KITTY_WINDOW_ID"].some((name) => Boolean(env[name]))
  );
}
