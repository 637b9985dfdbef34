/**
 * The processes below a process, from `/proc`.
 *
 * Limits: none are found where there is no `/proc`.
 */
import { readdirSync, readFileSync } from "node:fs";

/** Ids of all processes below `pid`, parents before children. */
export function descendants(pid: number): number[] {
  const children = new Map<number, number[]>();
  for (const [child, parent] of parents()) {
    const siblings = children.get(parent);
    if (siblings === undefined) children.set(parent, [child]);
    else siblings.push(child);
  }
  const found: number[] = [];
  const next = [...(children.get(pid) ?? [])];
  for (let at = next.shift(); at !== undefined; at = next.shift()) {
    found.push(at);
    next.push(...(children.get(at) ?? []));
  }
  return found;
}

/** Pairs of process and parent. */
function parents(): [number, number][] {
  let names: string[];
  try {
    names = readdirSync("/proc");
  } catch {
    return [];
  }
  const pairs: [number, number][] = [];
  for (const name of names) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const stat = readFileSync(`/proc/${name}/stat`, "utf8");
      // The command's name, in parentheses, may hold anything: what follows it is regular.
      const parent = stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1];
      pairs.push([Number(name), Number(parent)]);
    } catch {
      // It has ended meanwhile.
    }
  }
  return pairs;
}
