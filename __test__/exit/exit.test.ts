/**
 * Every way to die leaves the program as plain, and the recording whole. A part is run by
 * `npm test`, everything by `npm run test:exit`.
 */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { openStore, type Run } from "../../ts/query/index";
import { cli, type Ended, nodes, project, register, run } from "../support/program";
import { DEATHS, type Death } from "./programs";

const full = process.env["BREADCRUMB_EXIT"] === "full";
/** Of the small size each Node runs a share of its own. */
const SHARE = 4;

/** The ways to record: by the preload alone, and by the CLI. */
const WAYS = ["preload", "run"] as const;

describe.each(nodes.map(([name, node], at) => ({ name, node, at })))(
  "a death on $name",
  ({ name, node, at }) => {
    const major = Number(name.slice("Node ".length));
    const deaths = DEATHS.filter(({ since = 0 }) => since <= major);
    const chosen = full ? deaths : deaths.filter((_, i) => i % SHARE === at % SHARE);

    it.each(chosen)("of a program by $name", async (death) => {
      const { file = "main.js", flags = [] } = death;
      const folder = project({ [file]: death.main });
      const plain = die(death, [node, ...flags, file], folder);
      for (const way of WAYS) {
        const store = join(folder, `store-${way}`);
        const traced = dieTraced(death, way, node, folder, store);
        expect(comparable(traced, death), way).toEqual(comparable(plain, death));
        if (way === "preload") run(node, [cli, "recover"], folder);
        const recorded = await readRecording(store);
        expect(recorded.runs.map(endOf), way).toEqual([expectedEnd(death, way, plain)]);
        expect(recorded.calls, way).toEqual(death.calls);
      }
      expect(readdirSync(folder).filter((entry) => entry.startsWith("core"))).toEqual([]);
    });
  },
);

function die(
  death: Death,
  command: readonly string[],
  folder: string,
  env: Readonly<Record<string, string>> = {},
): Ended {
  const words = command.map((word) => `'${word}'`).join(" ");
  const line = death.shell?.replace("NODE", words) ?? `exec ${words}`;
  return run("sh", ["-c", `ulimit -c 0; ${line}`], folder, env);
}

function dieTraced(
  death: Death,
  way: (typeof WAYS)[number],
  node: string,
  folder: string,
  store: string,
): Ended {
  const { file = "main.js", flags = [] } = death;
  const program = [node, ...flags];
  if (way === "run") {
    return die(
      death,
      [node, cli, "run", "--quiet", "--store", store, "--", ...program, file],
      folder,
    );
  }
  const options = JSON.stringify({ store, overflow: "block", quiet: true, strict: true });
  return die(death, [...program, "--require", register, file], folder, {
    BREADCRUMB_OPTIONS: options,
  });
}

/** What a user sees of an ending. */
function comparable(ended: Ended, { noisy = false }: Death): unknown {
  const { status, signal, stdout, stderr } = ended;
  return { status, signal, stdout, stderr: noisy ? stderr !== "" : stderr };
}

interface End {
  readonly ends: string;
  readonly exitCode: number | null;
  readonly signal: string | null;
}

function endOf({ status, exitCode, signal, counters }: Run): End {
  return { ends: "replaced" in counters ? "replaced" : status, exitCode, signal };
}

/** The CLI knows the signal of whatever it ran; a preload what the process could say itself. */
function expectedEnd(death: Death, way: (typeof WAYS)[number], plain: Ended): End {
  const { ends, signal = way === "run" ? plain.signal : null } = death;
  // In a pipe the shell tells it.
  const told = /^code (\d+)$/m.exec(plain.stderr)?.[1];
  const code = death.shell === undefined ? plain.status : Number(told);
  return { ends, exitCode: ends === "finished" ? code : null, signal };
}

async function readRecording(
  folder: string,
): Promise<{ runs: readonly Run[]; calls: Record<string, number> }> {
  const store = await openStore(folder);
  try {
    const { rows } = await store.sql(
      "SELECT function || ' ' || status AS what, count(*)::INT AS n FROM calls WHERE function NOT LIKE '<%' AND function NOT IN ('idle', 'over', 'f') GROUP BY ALL",
    );
    return {
      runs: await store.runs(),
      calls: Object.fromEntries(rows.map((row) => [row["what"] as string, Number(row["n"])])),
    };
  } finally {
    await store.close();
  }
}
