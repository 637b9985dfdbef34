/**
 * Which of the loaded files are named like those that patterns ask for: `nearLoaded(["src/crat.js:total"])` →
 * `["/app/src/cart.js"]`.
 */
import { basename, relative, sep } from "node:path";
import { DebugSession } from "../inspector/debug-session";
import { loadedScripts } from "../inspector/loaded-scripts";
import { nearestWords } from "../options/nearest-words";
import { fileParts } from "./file-parts";

const MOST = 5;

/** The likest first: paths relative to the process's folder, packages as patterns have them. */
export function nearLoaded(patterns: readonly string[]): string[] {
  const debug = new DebugSession();
  try {
    const paths = loadedScripts(debug)
      .map(({ path }) => path)
      .filter((path) => !path.startsWith(__dirname + sep));
    const near = (fileParts(patterns) ?? []).flatMap((pattern) =>
      pattern.startsWith("npm:") ? nearPackages(pattern, paths) : nearFiles(pattern, paths),
    );
    return [...new Set(near)].slice(0, MOST);
  } finally {
    debug.end();
  }
}

function nearPackages(pattern: string, paths: readonly string[]): string[] {
  const found = paths.flatMap(
    (path) => /.*[\\/]node_modules[\\/]((?:@[^\\/]+[\\/])?[^\\/]+)/.exec(path)?.[1] ?? [],
  );
  const wanted = pattern.slice("npm:".length);
  return nearestWords(wanted, [...new Set(found)], MOST).map((name) => `npm:${name}`);
}

function nearFiles(pattern: string, paths: readonly string[]): string[] {
  const own = paths.filter((path) => !/[\\/]node_modules[\\/]/.test(path));
  const wanted = basename(pattern.replaceAll("*", "")) || pattern.replaceAll(/[*/]/g, "");
  const names = nearestWords(wanted, [...new Set(own.map((path) => basename(path)))], MOST);
  return names.flatMap((name) => {
    return own
      .filter((path) => basename(path) === name)
      .map((path) => relative(process.cwd(), path));
  });
}
