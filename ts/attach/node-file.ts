/** Whether a program is Node.js: by what is in its file, however that is called. */
import { closeSync, openSync, readSync } from "node:fs";

const CHUNK_BYTES = 1 << 22;
/** Longer than what is looked for. */
const OVERLAP_BYTES = 64;
/** `node::Start(int, char**)`, which every `node` has or takes from its library. */
const NODE = Buffer.from("_ZN4node5StartEiPPc");
/** Programs that have it in them and do other things with the signal. */
const OTHERS = [Buffer.from("ELECTRON_RUN_AS_NODE"), Buffer.from("BUN_INSTALL")];

/** Throws where it cannot be read. */
export function isNodeFile(path: string): boolean {
  const file = openSync(path, "r");
  try {
    let isFound = false;
    const chunk = Buffer.alloc(CHUNK_BYTES + OVERLAP_BYTES);
    let kept = 0;
    for (;;) {
      const read = readSync(file, chunk, kept, CHUNK_BYTES, null);
      if (read === 0) return isFound;
      const part = chunk.subarray(0, kept + read);
      if (OTHERS.some((name) => part.includes(name))) return false;
      isFound ||= part.includes(NODE);
      kept = Math.min(OVERLAP_BYTES, part.length);
      part.copyWithin(0, part.length - kept);
    }
  } finally {
    closeSync(file);
  }
}
