import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { parse } from "smol-toml";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { AGENT_NAMES } from "../../../ts/cli/agents/agents";
import { SERVER, SKILL_FILE } from "../../../ts/cli/agents/texts";
import { runCli } from "../support/run-cli";

let folder: string;
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), "agents-")));
  write("package.json", '{ "breadcrumb": {} }');
  write(".gitignore", ".breadcrumb/\n");
  vi.spyOn(process, "cwd").mockReturnValue(folder);
});
afterEach(() => void vi.restoreAllMocks());

function write(name: string, text: string | Buffer): void {
  mkdirSync(dirname(join(folder, name)), { recursive: true });
  writeFileSync(join(folder, name), text);
}
const read = (name: string): string => readFileSync(join(folder, name), "utf8");
const init = (...words: string[]) => runCli(["init", "--yes", ...words]);
/** Every file of the folder with its bytes. */
function files(): Record<string, string> {
  const names = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  return Object.fromEntries(names.map((name) => [name, readFileSync(name, "latin1")]));
}

const WRITTEN: Readonly<Record<string, readonly string[]>> = {
  claude: [".claude/skills/breadcrumb/SKILL.md", ".mcp.json", "CLAUDE.md"],
  cursor: [".cursor/mcp.json", ".cursor/skills/breadcrumb/SKILL.md", "AGENTS.md"],
  vscode: [".github/skills/breadcrumb/SKILL.md", ".vscode/mcp.json", "AGENTS.md"],
  codex: [".agents/skills/breadcrumb/SKILL.md", ".codex/config.toml", "AGENTS.md"],
};

describe.each(AGENT_NAMES)("%s", (agent) => {
  test("is set up, once, and taken away without a trace", async () => {
    const before = files();
    const dry = await runCli(["init", "--agent", agent, "--dry-run"]);
    for (const file of WRITTEN[agent] ?? []) expect(dry.stdout).toContain(`${file} (new)\n+ `);
    expect(files()).toEqual(before);

    await init("--agent", agent);
    const made = Object.keys(files()).filter((file) => !(file in before));
    expect(made.map((file) => file.slice(folder.length + 1)).toSorted()).toEqual(WRITTEN[agent]);
    expect((await init("--agent", agent)).stdout).toMatch(/^Nothing to do/);

    const { stdout } = await init("--agent", agent, "--remove");
    expect(stdout).toContain("(removed)");
    expect(files()).toEqual(before);
    expect(readdirSync(folder).toSorted()).toEqual([".gitignore", "package.json"]);
    expect((await init("--agent", agent, "--remove")).stdout).toMatch(/^Nothing to do/);
  });
});

test("what others wrote is the same after all has come and gone", async () => {
  write(".mcp.json", '{"mcpServers":{"other":{"command":"x"}}}');
  write(".cursor/mcp.json", '{\n\t"mcpServers": {}\n}\n');
  write(".vscode/mcp.json", '{\n  // mine\n  "servers": {\n    "a": {}, // why\n  },\n}\n');
  write(".codex/config.toml", 'model = "x" # mine\r\n\r\n[mcp_servers.other]\r\ncommand = "y"');
  write("CLAUDE.md", "# Rules\r\n\r\nNo tabs.");
  write("AGENTS.md", "# Rules\n\n\n");
  const before = files();
  await init("--agent", AGENT_NAMES.join(","));
  expect(JSON.parse(read(".mcp.json")).mcpServers).toEqual({
    other: { command: "x" },
    breadcrumb: SERVER,
  });
  expect(read(".vscode/mcp.json")).toContain('"breadcrumb": { "type": "stdio", "command": "npx"');
  expect(parse(read(".codex/config.toml"))).toMatchObject({
    model: "x",
    mcp_servers: { other: { command: "y" }, breadcrumb: SERVER },
  });
  expect(read("AGENTS.md").match(/breadcrumb: begin/g)).toHaveLength(1);
  await init("--remove", ...AGENT_NAMES.flatMap((name) => ["--agent", name]));
  expect(files()).toEqual(before);
});

test("a text that another agent reads stays until that one goes, too", async () => {
  await init("--agent", "cursor,codex");
  await init("--agent", "cursor", "--remove");
  expect(read("AGENTS.md")).toContain("breadcrumb: begin");
  await init("--agent", "codex", "--remove");
  expect(existsSync(join(folder, "AGENTS.md"))).toBe(false);
});

test("a user's own way to start it is left, and taken away when asked", async () => {
  const own =
    '{ "mcpServers": { "breadcrumb": { "command": "breadcrumb", "args": ["mcp", "--allow", "npm test"] } } }\n';
  write(".mcp.json", own);
  await init("--agent", "claude");
  expect(read(".mcp.json")).toBe(own);
  await init("--agent", "claude", "--remove");
  expect(JSON.parse(read(".mcp.json"))).toEqual({});
});

test("an older skill of ours is brought up to date", async () => {
  await init("--agent", "claude");
  const { signed } = await import("../../../ts/cli/agents/owned-file");
  write(".claude/skills/breadcrumb/SKILL.md", signed("older\n"));
  const { stdout } = await init("--agent", "claude");
  expect(stdout).toContain("- older");
  expect(read(".claude/skills/breadcrumb/SKILL.md")).toBe(SKILL_FILE);
});

test("two names of one file are written once", async () => {
  write("AGENTS.md", "# Rules\n");
  symlinkSync("AGENTS.md", join(folder, "CLAUDE.md"));
  expect((await init("--agent", "claude,codex")).stderr).toBe("");
  expect(read("AGENTS.md").match(/breadcrumb: begin/g)).toHaveLength(1);
  await init("--agent", "claude,codex", "--remove");
  expect(read("AGENTS.md")).toBe("# Rules\n");
});

describe("CLAUDE.md is a link to AGENTS.md", () => {
  const target = () => readlinkSync(join(folder, "CLAUDE.md"));
  beforeEach(() => symlinkSync("AGENTS.md", join(folder, "CLAUDE.md")));

  test("what other agents read stays for them", async () => {
    write("AGENTS.md", "# Rules\n");
    await init("--agent", "claude,codex");
    const both = read("AGENTS.md");
    await init("--agent", "claude", "--remove");
    expect(read("AGENTS.md")).toBe(both);
    await init("--agent", "codex", "--remove");
    expect(read("AGENTS.md")).toBe("# Rules\n");
    expect(target()).toBe("AGENTS.md");
  });

  test("a text of ours alone is emptied: the link still leads somewhere", async () => {
    write("AGENTS.md", "");
    await init("--agent", "claude");
    const block = read("AGENTS.md").trim();
    for (const agent of ["claude", "codex"]) {
      write("AGENTS.md", `${block}\n`);
      await init("--agent", agent);
      expect((await init("--agent", agent, "--remove")).stderr).toBe("");
      expect(read("CLAUDE.md")).toBe("");
      expect(target()).toBe("AGENTS.md");
    }
  });

  test("one that leads nowhere yet is followed, and written once", async () => {
    const { code, stdout, stderr } = await init("--agent", "claude,codex");
    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout.match(/(?:AGENTS|CLAUDE)\.md/g)).toHaveLength(1);
    expect(read("AGENTS.md").match(/breadcrumb: begin/g)).toHaveLength(1);
    expect(target()).toBe("AGENTS.md");
  });
});

test("two agents' folders of skills that are one", async () => {
  mkdirSync(join(folder, ".agents/skills"), { recursive: true });
  mkdirSync(join(folder, ".claude"));
  symlinkSync("../.agents/skills", join(folder, ".claude/skills"));
  expect(await init("--agent", "claude,codex")).toMatchObject({ code: 0, stderr: "" });
  expect(read(".claude/skills/breadcrumb/SKILL.md")).toBe(SKILL_FILE);
});

describe("what cannot be changed is refused before anything is written", () => {
  test.each([
    [".mcp.json", "{ nonsense", ".mcp.json is no valid JSON"],
    [".mcp.json", '{ "mcpServers": { "breadcrumb": { "command": "other" } } }', "not Breadcrumb's"],
    [".mcp.json", Buffer.from([0x7b, 0xff, 0x7d]), "not a text in UTF-8"],
    [".claude/skills/breadcrumb/SKILL.md", "mine\n", "did not write"],
    ["CLAUDE.md", "<!-- breadcrumb: begin -->\n", "not once each"],
    [".mcp.json/x", "", "cannot be read"],
    [".codex/config.toml", "a = [", "no valid TOML"],
    [".codex/config.toml", "[mcp_servers.breadcrumb]\ncommand = 'x'\n", "not Breadcrumb's"],
    [".codex/config.toml", "mcp_servers = {}\n", "no valid TOML"],
  ])("%s", async (name, text, message) => {
    write(name, text);
    const before = files();
    const { code, stderr } = await init("--agent", "claude,codex");
    expect(stderr).toContain(message);
    expect(code).toBe(2);
    expect(files()).toEqual(before);
  });

  test("--remove", async () => {
    await init("--agent", "claude,codex");
    write(".claude/skills/breadcrumb/SKILL.md", `${SKILL_FILE}and more\n`);
    const before = files();
    expect((await init("--agent", "codex,claude", "--remove")).stderr).toContain("was changed");
    expect(files()).toEqual(before);
  });

  test("an agent that there is none of", async () => {
    expect((await init("--agent", "emacs")).stderr).toContain(
      '--agent is of claude, cursor, vscode, codex: got "emacs"',
    );
    expect((await init("--remove")).stderr).toContain("--remove needs --agent");
  });
});

test("a file that cannot be written is named", async () => {
  mkdirSync(join(folder, ".codex"));
  writeFileSync(join(folder, ".agents"), "a file\n");
  const { code, stderr } = await init("--agent", "codex");
  expect({ code, stderr }).toMatchObject({ code: 2, stderr: expect.stringContaining(".agents") });
  chmodSync(folder, 0o755);
});

test("--json tells what changes", async () => {
  await init("--agent", "claude");
  const { stdout } = await init("--agent", "claude", "--remove", "--json");
  const { changes, written } = JSON.parse(stdout);
  expect(written).toBe(true);
  expect(changes[0]).toMatchObject({ isNew: false, isRemoved: true, added: "" });
});
