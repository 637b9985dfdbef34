/**
 * The files that this thread has loaded so far, CommonJS and ES modules alike: V8 tells every
 * script to a debugger that asks.
 */
import inspector from "node:inspector";
import { fileURLToPath } from "node:url";

/** Absolute paths of all loaded files; none where the inspector is not to be had. */
export function loadedFiles(): string[] {
  const files = new Set<string>();
  try {
    const session = new inspector.Session();
    session.connect();
    session.on("Debugger.scriptParsed", ({ params }) => {
      if (params.url.startsWith("file:")) files.add(fileURLToPath(params.url));
      else if (params.url.startsWith("/")) files.add(params.url);
    });
    session.post("Debugger.enable");
    session.post("Debugger.disable");
    session.disconnect();
  } catch {
    // No inspector in this build of Node, or a debugger that keeps others out.
  }
  return [...files];
}
