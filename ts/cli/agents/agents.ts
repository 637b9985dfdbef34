/**
 * The agents that `breadcrumb init --agent` sets up: which files each reads, and what changes in them.
 *
 *     setUp("/app", ["claude"])      // changes of .mcp.json, .claude/skills/breadcrumb/SKILL.md, CLAUDE.md
 *     takeAway("/app", ["claude"])   // the same, back
 *
 * Limits: files of the project, none of the user's home. What is there and not ours is refused, not
 * changed; an entry that starts Breadcrumb in another way is left.
 */
import { join } from "node:path";
import { parse as parseToml } from "smol-toml";
import { badOption, type BreadcrumbError } from "../../errors";
import { type FileChange, placeOf, readText } from "../file-change";
import {
  addEntry,
  type EntryPath,
  entryValue,
  type JsonFile,
  newFile,
  removeEntry,
} from "./json-entry";
import { hasBlock, MARKDOWN, putBlock, takeBlock, TOML } from "./marked-block";
import { isOurs } from "./owned-file";
import { INSTRUCTIONS, NAME, SERVER, SKILL_FILE } from "./texts";

/** What an agent reads, by paths in the project. */
interface Agent {
  /** MCP servers: JSON with an object of them, or TOML with tables. */
  readonly server:
    | {
        readonly file: string;
        readonly object: string;
        readonly comments: boolean;
        readonly value: object;
      }
    | { readonly file: string; readonly table: string };
  /** The folder of skills. */
  readonly skills: string;
  /** The text that it always has before it. */
  readonly instructions: string;
}

const AGENTS: Readonly<Record<string, Agent>> = {
  claude: {
    server: { file: ".mcp.json", object: "mcpServers", comments: false, value: SERVER },
    skills: ".claude/skills",
    instructions: "CLAUDE.md",
  },
  cursor: {
    server: { file: ".cursor/mcp.json", object: "mcpServers", comments: true, value: SERVER },
    skills: ".cursor/skills",
    instructions: "AGENTS.md",
  },
  vscode: {
    server: {
      file: ".vscode/mcp.json",
      object: "servers",
      comments: true,
      value: { type: "stdio", ...SERVER },
    },
    skills: ".github/skills",
    instructions: "AGENTS.md",
  },
  codex: {
    server: { file: ".codex/config.toml", table: "mcp_servers" },
    skills: ".agents/skills",
    instructions: "AGENTS.md",
  },
};

/** What is done with a text; null: there is no file. */
type Edit = (text: string | null, name: string) => string | null;

/** The changes that set agents up. Throws `BC_ERR_BAD_OPTION`. */
export function setUp(root: string, names: readonly string[]): FileChange[] {
  const changes = new Changes(root);
  for (const { server, skills, instructions } of known(names)) {
    if ("table" in server) changes.edit(server.file, putTable(server.table));
    else changes.edit(server.file, putServer(server.object, server.value, server.comments));
    changes.edit(`${skills}/${NAME}/SKILL.md`, putSkill);
    changes.edit(instructions, (text, name) => putBlock(text, INSTRUCTIONS, MARKDOWN, name));
  }
  return changes.made();
}

/** The changes that take away what `setUp` wrote. Throws `BC_ERR_BAD_OPTION`. */
export function takeAway(root: string, names: readonly string[]): FileChange[] {
  const changes = new Changes(root);
  const going = known(names);
  const staying = Object.values(AGENTS).filter(
    (agent) => !going.includes(agent) && readText(join(root, skillOf(agent))) !== null,
  );
  for (const agent of going) {
    const { server, instructions } = agent;
    if ("table" in server) changes.edit(server.file, takeTable(server.table));
    else changes.edit(server.file, takeServer(server.object, server.comments));
    changes.edit(skillOf(agent), takeSkill);
    // Others that are set up may read the same text.
    const place = placeOf(join(root, instructions));
    if (staying.some((other) => placeOf(join(root, other.instructions)) === place)) continue;
    const empty = isLinked(root, place) ? "" : null;
    changes.edit(instructions, (text, name) => text && (takeBlock(text, MARKDOWN, name) ?? empty));
  }
  return changes.made();
}

/** Whether one of the instructions' names is a link to this file, which would lead nowhere without it. */
function isLinked(root: string, file: string): boolean {
  const names = Object.values(AGENTS).map(({ instructions }) => join(placeOf(root), instructions));
  return names.some((name) => name !== file && placeOf(name) === file);
}

/** The agents' names. */
export const AGENT_NAMES: readonly string[] = Object.keys(AGENTS);

function known(names: readonly string[]): Agent[] {
  return names.map((name) => {
    const agent = Object.hasOwn(AGENTS, name) ? AGENTS[name] : undefined;
    if (agent) return agent;
    throw badOption(`--agent is of ${AGENT_NAMES.join(", ")}: got ${JSON.stringify(name)}`);
  });
}

function skillOf({ skills }: Agent): string {
  return `${skills}/${NAME}/SKILL.md`;
}

/** Changes by the place of the file: of one that two names stand for (a link), the first. */
class Changes {
  readonly #root: string;
  readonly #byFile = new Map<string, FileChange>();

  constructor(root: string) {
    this.#root = root;
  }

  edit(name: string, edit: Edit): void {
    const before = readText(join(this.#root, name));
    const after = edit(before, name);
    const file = placeOf(join(this.#root, name));
    if (after !== before && !this.#byFile.has(file)) {
      this.#byFile.set(file, { file, before, after });
    }
  }

  made(): FileChange[] {
    return [...this.#byFile.values()];
  }
}

function putServer(object: string, value: object, comments: boolean): Edit {
  const path: EntryPath = [object, NAME];
  return (text, name) => {
    if (text === null) return newFile(path, value);
    const file: JsonFile = { name, comments };
    const there = entryValue(text, path, file);
    if (there === undefined) return addEntry(text, path, value, file);
    if (startsUs(there)) return text;
    throw foreign(name, `a server "${NAME}" that is not Breadcrumb's`);
  };
}

function takeServer(object: string, comments: boolean): Edit {
  const path: EntryPath = [object, NAME];
  return (text, name) => {
    if (text === null) return null;
    const file: JsonFile = { name, comments };
    const there = entryValue(text, path, file);
    if (there === undefined) return text;
    if (!startsUs(there)) throw foreign(name, `a server "${NAME}" that is not Breadcrumb's`);
    return text === newFile(path, there as object) ? null : removeEntry(text, path, file);
  };
}

function putTable(table: string): Edit {
  const body = [
    `[${table}.${NAME}]`,
    `command = ${JSON.stringify(SERVER.command)}`,
    `args = [${SERVER.args.map((each) => JSON.stringify(each)).join(", ")}]`,
  ].join("\n");
  return (text, name) => {
    const isOwn = text !== null && hasBlock(text, TOML, name);
    const there = tableOf(text ?? "", table, name);
    if (there !== undefined && !isOwn) {
      if (startsUs(there)) return text;
      throw foreign(name, `a server "${NAME}" that is not Breadcrumb's`);
    }
    const after = putBlock(text, body, TOML, name);
    tableOf(after, table, name);
    return after;
  };
}

function takeTable(table: string): Edit {
  return (text, name) => {
    if (text === null || tableOf(text, table, name) === undefined) return text;
    if (hasBlock(text, TOML, name)) return takeBlock(text, TOML, name);
    throw foreign(name, `a table [${table}.${NAME}] that \`breadcrumb init\` did not write`);
  };
}

/** The server's table; undefined if there is none. */
function tableOf(text: string, table: string, name: string): unknown {
  let whole: Record<string, unknown>;
  try {
    whole = parseToml(text.replace(/^\uFEFF/, ""));
  } catch (cause) {
    const [first] = (cause as Error).message.split("\n");
    throw badOption(`${name} is no valid TOML (${first}): mend it first; it is left as it is`, {
      cause,
    });
  }
  return (whole[table] as Record<string, unknown> | undefined)?.[NAME];
}

const putSkill: Edit = (text, name) => {
  if (text === null || isOurs(text)) return SKILL_FILE;
  throw foreign(name, "a text that `breadcrumb init` did not write, or that was changed");
};

const takeSkill: Edit = (text, name) => {
  if (text === null || isOurs(text)) return null;
  throw foreign(name, "a text that `breadcrumb init` did not write, or that was changed");
};

/** Whether a server's entry starts Breadcrumb, in whatever way. */
function startsUs(entry: unknown): boolean {
  const { command, args } = (entry ?? {}) as { command?: unknown; args?: unknown };
  const words = [command, ...(Array.isArray(args) ? args : [])].map(String);
  return words.some((word) => /\bbreadcrumb\b/.test(word)) && words.includes("mcp");
}

function foreign(name: string, what: string): BreadcrumbError {
  return badOption(`${name} has ${what}: rename or remove it first; it is left as it is`);
}
