/**
 * Whether a process may be attached to: everything that can be known before it is touched. SIGUSR1, which opens Node's
 * inspector, ends a process that does not expect it, so where anything is unsure the answer is no.
 *
 *     checkProcess(4711)   // nothing, or an error that says why
 *
 * Limits: on macOS less can be seen than on Linux (nobody has tried it there); on Windows nothing can be recorded yet.
 */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { cannotAttach, noProcess } from "./cannot-attach";
import { isNodeFile } from "./node-file";
import { isNode, otherNamespaces, processSeen, rootOf } from "./linux-process";

/** Throws BC_ERR_NO_PROCESS, BC_ERR_CANNOT_ATTACH. */
export function checkProcess(pid: number): void {
  if (pid === process.pid) throw cannotAttach(`${pid} is this command itself`);
  if (process.platform === "linux") checkOnLinux(pid);
  else if (process.platform === "darwin") checkOnMacOs(pid);
  else throw cannotAttach("On Windows running processes cannot be recorded yet");
}

/** Whether SIGUSR1 opens its inspector, and does nothing else. Throws BC_ERR_CANNOT_ATTACH. */
export function checkSignal(pid: number): void {
  if (process.platform !== "linux" || processSeen(pid)?.catchesUsr1 === true) return;
  throw cannotAttach(
    `${pid} takes no SIGUSR1, with which Node opens its inspector: it was started with --disable-sigusr1 or --permission, its Node has no inspector, or it has only just begun`,
  );
}

function checkOnLinux(pid: number): void {
  const seen = processSeen(pid);
  if (seen === undefined) throw noProcess(`There is no process ${pid}`);
  if (seen.leader !== pid) {
    throw noProcess(`${pid} is a thread of the process ${seen.leader}: attach to that`);
  }
  if (seen.state === "Z") throw noProcess(`The process ${pid} has ended`);
  if (seen.user !== process.geteuid?.()) throw otherUser(pid, seen.user);
  if (seen.state === "T" || seen.state === "t") {
    throw cannotAttach(`${pid} is stopped, by a signal or a debugger: let it go on first`);
  }
  let others: string[];
  let isIt: boolean;
  try {
    others = otherNamespaces(pid);
    if (rootOf(pid) !== rootOf(process.pid)) others.push("root");
    isIt = isNode(pid);
  } catch (cause) {
    throw cannotAttach(
      `${pid} cannot be looked at (${(cause as NodeJS.ErrnoException).code}): it may have rights that you have not`,
      { cause },
    );
  }
  if (others.length > 0) {
    throw cannotAttach(
      `${pid} runs in a container or in namespaces of its own (${others.join(", ")}): run breadcrumb attach in there, with the pid that it has there`,
    );
  }
  if (!isIt) throw notNode(pid);
}

function checkOnMacOs(pid: number): void {
  let told: string;
  try {
    told = execFileSync("ps", ["-o", "uid=,comm=", "-p", String(pid)], { encoding: "utf8" });
  } catch {
    throw noProcess(`There is no process ${pid}`);
  }
  const [, user = "", program = ""] = /^\s*(\d+)\s+(.*)$/m.exec(told) ?? [];
  if (Number(user) !== process.geteuid?.()) throw otherUser(pid, Number(user));
  const words = execFileSync("ps", ["-o", "args=", "-p", String(pid)], { encoding: "utf8" });
  if (words.includes("--disable-sigusr1")) {
    throw cannotAttach(`${pid} was started with --disable-sigusr1: its inspector stays shut`);
  }
  if (!hasNode(program)) throw notNode(pid);
}

/** Whether a program's file is Node.js. */
function hasNode(program: string): boolean {
  try {
    return isNodeFile(program);
  } catch {
    return false;
  }
}

function notNode(pid: number) {
  return cannotAttach(
    `${pid} is not Node.js, as far as can be told: other programs may end when they get its signal`,
  );
}

function otherUser(pid: number, user: number) {
  const name = nameOf(user);
  return noProcess(`The process ${pid} is ${name}'s: run breadcrumb attach as ${name}`);
}

/** A user's name; the number where there is none. */
function nameOf(user: number): string {
  try {
    const lines = readFileSync("/etc/passwd", "utf8").split("\n");
    const [name] =
      lines.map((line) => line.split(":")).find(([, , id]) => Number(id) === user) ?? [];
    return name ?? `user ${user}`;
  } catch {
    return `user ${user}`;
  }
}
