/**
 * A store of many small segments that nobody merged yet, as ten thousand short programs leave it, by
 * copying what one program left.
 *
 *     const dir = manyWaiting("/tmp/x/small", "/tmp/x/many", 10_000);   // both are stores
 *
 * Limits: all are of one run, and its calls stand there as often as it was copied.
 */
import {
  cpSync,
  linkSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";

/** Makes `to` a copy of the store `from` with its only segment `count` times. */
export function manyWaiting(from: string, to: string, count: number): void {
  rmSync(to, { recursive: true, force: true });
  cpSync(from, to, { recursive: true });
  const [day = ""] = readdirSync(join(to, "segments"));
  const folder = join(to, "segments", day);
  const names = readdirSync(folder);
  const summary = names.find((name) => name.endsWith("-0.json"));
  if (!summary) throw new Error(`no segment in ${folder}`);
  const first = summary.slice(0, -".json".length);
  const text = readFileSync(join(folder, summary), "utf8");
  for (let seq = 1; seq < count; seq++) {
    const name = `${first.slice(0, -1)}${seq}`;
    for (const file of names.filter((n) => n.startsWith(first) && n !== summary)) {
      linkSync(join(folder, file), join(folder, file.replace(first, name)));
    }
    const other = text.replaceAll(first, name).replace('"seqs":[0,0]', `"seqs":[${seq},${seq}]`);
    writeFileSync(join(folder, `${name}.json`), other);
  }
}

/** Lets the minute pass that replaced segments wait for their readers. */
export function passGrace(store: string): void {
  for (const day of readdirSync(join(store, "segments"))) {
    const folder = join(store, "segments", day);
    for (const name of readdirSync(folder)) {
      if (name.startsWith("merged-")) utimesSync(join(folder, name), 0, 0);
    }
  }
}
