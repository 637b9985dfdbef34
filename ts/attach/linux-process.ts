/**
 * What Linux says of a process, without touching it: whose it is, whether it is a Node.js that takes SIGUSR1 for its
 * inspector, which of its ports listen.
 *
 *     processSeen(4711)            // { pid: 4711, user: 1000, state: "S", catchesUsr1: true, … }
 *     listeningPorts(4711)         // [{ port: 9229, host: "127.0.0.1", isLoopback: true }]
 *
 * Limits: what this user may read below /proc.
 */
import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { isNodeFile } from "./node-file";

/** A process. */
export interface SeenProcess {
  readonly pid: number;
  /** The process that a thread's id is of; the pid itself for processes. */
  readonly leader: number;
  /** Effective user. */
  readonly user: number;
  /** A letter: `T` stopped, `t` traced, `Z` ended. */
  readonly state: string;
  /** It has a handler of SIGUSR1, whose default is to end it. */
  readonly catchesUsr1: boolean;
}

/** A socket that listens. */
export interface ListeningPort {
  readonly port: number;
  /** An address to connect to. */
  readonly host: string;
  readonly isLoopback: boolean;
}

const SIGUSR1 = 10;
/** States of a socket in /proc/net/tcp. */
const ESTABLISHED = "01";
const LISTEN = "0A";
/** What there is of it; undefined where there is no such process. */
export function processSeen(pid: number): SeenProcess | undefined {
  let text: string;
  try {
    text = readFileSync(`/proc/${pid}/status`, "utf8");
  } catch {
    return undefined;
  }
  const field = (name: string): string =>
    new RegExp(`^${name}:\\s*(.*)$`, "m").exec(text)?.[1] ?? "";
  const caught = BigInt(`0x${field("SigCgt") || "0"}`);
  return {
    pid,
    leader: Number(field("Tgid")),
    user: Number(field("Uid").split(/\s+/)[1]),
    state: field("State").charAt(0),
    catchesUsr1: (caught & (1n << BigInt(SIGUSR1 - 1))) !== 0n,
  };
}

/** Namespaces in which it does not see the files, processes or ports that we see. */
export function otherNamespaces(pid: number): string[] {
  return ["mnt", "pid", "net"].filter((name) => {
    return readlinkSync(`/proc/${pid}/ns/${name}`) !== readlinkSync(`/proc/self/ns/${name}`);
  });
}

/** The folder that is `/` for it. */
export function rootOf(pid: number): string {
  return readlinkSync(`/proc/${pid}/root`);
}

/** Whether its program is Node.js; also of a file that has been replaced. */
export function isNode(pid: number): boolean {
  return isNodeFile(`/proc/${pid}/exe`);
}

/** Whether it was started with its inspector open. */
export function isInspected(pid: number): boolean {
  return ["cmdline", "environ"].some((name) =>
    textOf(`/proc/${pid}/${name}`).includes("--inspect"),
  );
}

/** Its ports that listen. */
export function listeningPorts(pid: number): ListeningPort[] {
  return socketsOf(pid)
    .filter(({ state }) => state === LISTEN)
    .map(({ address, port }) => {
      const { host, isLoopback } = hostOf(address);
      return { port, host, isLoopback };
    });
}

/** Connections to a port, of whomever. */
export function connectionsTo(wanted: number): number {
  const isMeant = ({ state, port }: Socket): boolean => state === ESTABLISHED && port === wanted;
  return socketsSeen("self").filter(isMeant).length;
}

/** Whether any process that we see the ports of listens there. */
export function isTaken(wanted: number): boolean {
  return socketsSeen("self").some(({ state, port }) => state === LISTEN && port === wanted);
}

interface Socket {
  /** Hexadecimal, as /proc has it. */
  readonly address: string;
  readonly port: number;
  readonly state: string;
  readonly inode: string;
}

/** The TCP sockets among its files. */
function socketsOf(pid: number): Socket[] {
  const inodes = new Set<string>();
  for (const name of readdirSync(`/proc/${pid}/fd`)) {
    const inode = /^socket:\[(\d+)\]$/.exec(linkOf(`/proc/${pid}/fd/${name}`))?.[1];
    if (inode !== undefined) inodes.add(inode);
  }
  return socketsSeen(pid).filter(({ inode }) => inodes.has(inode));
}

/** Those of every process that shares its network. */
function socketsSeen(pid: number | "self"): Socket[] {
  return ["tcp", "tcp6"].flatMap((table) => {
    const [, ...lines] = textOf(`/proc/${pid}/net/${table}`).split("\n");
    return lines.map((line) => {
      const [, local = "", , state = "", , , , , , inode = ""] = line.trim().split(/\s+/);
      const [address = "", port = ""] = local.split(":");
      return { address, port: Number.parseInt(port, 16), state, inode };
    });
  });
}

function linkOf(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return ""; // It has been closed.
  }
}

function textOf(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return ""; // A system without IPv6.
  }
}

/** Where an address of the table can be reached: words of four bytes each, the lowest first. */
function hostOf(address: string): Omit<ListeningPort, "port"> {
  const bytes = (address.match(/.{8}/g) ?? []).flatMap((word) => {
    const four = (word.match(/../g) ?? []).map((byte) => Number.parseInt(byte, 16));
    return four.toReversed();
  });
  const isMapped =
    bytes.length === 16 && bytes.slice(0, 10).every((byte) => byte === 0) && bytes[10] === 255;
  const four = bytes.length === 4 ? bytes : isMapped ? bytes.slice(12) : undefined;
  if (four !== undefined) {
    if (four.every((byte) => byte === 0)) return { host: "127.0.0.1", isLoopback: false };
    return { host: four.join("."), isLoopback: four[0] === 127 };
  }
  if (bytes.every((byte) => byte === 0)) return { host: "127.0.0.1", isLoopback: false };
  const words = Array.from({ length: 8 }, (_, at) =>
    (((bytes[2 * at] as number) << 8) | (bytes[2 * at + 1] as number)).toString(16),
  );
  const isLoopback = words.join(":") === "0:0:0:0:0:0:0:1";
  return { host: isLoopback ? "::1" : words.join(":"), isLoopback };
}
