/**
 * A real PostgreSQL for tests: a cluster in a folder of its own, which is asked by a socket in that folder, so that no two are in
 * each other's way.
 *
 *     await using postgres = await startPostgres();
 *     const env = postgres.database("CREATE TABLE …"); // { PGHOST: "/tmp/postgres-…", PGDATABASE: "test_1", … }
 *
 * It is Debian's package `postgresql`. Where that is not installed, `missing` says so, and the tests are left out; with
 * BREADCRUMB_POSTGRES=required that is an error. PostgreSQL does not run as root: there it runs as its package's user.
 */
import { spawn, spawnSync, type SpawnSyncOptions } from "node:child_process";
import { once } from "node:events";
import { chownSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";

/** Where Debian has a folder for each version. */
const VERSIONS = "/usr/lib/postgresql";
const PORT = "5432";
const USER = "tester";

const programs = newest();
/** Why there is none; undefined where there is. */
export const missing =
  programs === undefined
    ? `no PostgreSQL in ${VERSIONS}: \`apt-get install postgresql\` installs it`
    : undefined;
if (missing !== undefined) {
  if (process.env["BREADCRUMB_POSTGRES"] === "required") throw new Error(missing);
  console.warn(`Tests with a database are left out: ${missing}`);
}

/** A server that runs. */
export interface Postgres extends AsyncDisposable {
  /** Makes a database, runs this SQL in it, and gives what `pg` and `psql` take from the environment to find it. */
  database(sql: string): Readonly<Record<string, string>>;
}

/** Starts a server, and waits until it can be asked. */
export async function startPostgres(): Promise<Postgres> {
  if (programs === undefined) throw new Error(missing);
  const folder = mkdtempSync(join(tmpdir(), "postgres-"));
  const data = join(folder, "data");
  const owner = ownerOf(folder);
  const env = { ...process.env, PGHOST: folder, PGPORT: PORT, PGUSER: USER };
  const options = { ...owner, cwd: folder, env };
  const ask = (name: string, args: readonly string[], input = ""): void =>
    succeed(join(programs, name), args, { ...options, input });

  ask("initdb", ["-D", data, "-U", USER, "-A", "trust", "-E", "UTF8", "--no-locale", "--no-sync"]);
  const settings = ["-k", folder, "-p", PORT, "-c", "listen_addresses=", "-c", "fsync=off"];
  const server = spawn(join(programs, "postgres"), ["-D", data, ...settings], {
    ...options,
    stdio: ["ignore", "ignore", "pipe"],
  });
  let said = "";
  server.stderr.setEncoding("utf8").on("data", (part: string) => (said += part));
  const ended = once(server, "exit");
  while (spawnSync(join(programs, "pg_isready"), ["-q"], options).status !== 0) {
    if (server.exitCode !== null) throw new Error(`PostgreSQL ended: ${said}`);
    await wait(50);
  }

  let databases = 0;
  return {
    database(sql) {
      const name = `test_${(databases += 1)}`;
      ask("createdb", [name]);
      ask("psql", ["-q", "-v", "ON_ERROR_STOP=1", "-d", name], sql);
      return { PGHOST: folder, PGPORT: PORT, PGUSER: USER, PGDATABASE: name };
    },
    async [Symbol.asyncDispose]() {
      // At once: it has nothing to keep.
      server.kill("SIGQUIT");
      await ended;
      rmSync(folder, { recursive: true });
    },
  };
}

/** The folder of the newest version's programs. */
function newest(): string | undefined {
  if (!existsSync(VERSIONS)) return undefined;
  return readdirSync(VERSIONS)
    .toSorted((a, b) => Number(b) - Number(a))
    .map((version) => join(VERSIONS, version, "bin"))
    .find((bin) => existsSync(join(bin, "initdb")));
}

/** Who the server runs as: whoever is here, or else the package's user, who gets the folder. */
function ownerOf(folder: string): { readonly uid?: number; readonly gid?: number } {
  if (process.getuid?.() !== 0) return {};
  const line = /^postgres:[^:]*:(\d+):(\d+):/m.exec(readFileSync("/etc/passwd", "utf8"));
  if (line === null) throw new Error("PostgreSQL does not run as root, and no user is `postgres`");
  const [uid, gid] = [Number(line[1]), Number(line[2])];
  chownSync(folder, uid, gid);
  return { uid, gid };
}

function succeed(command: string, args: readonly string[], options: SpawnSyncOptions): void {
  const { status, stderr } = spawnSync(command, args, { ...options, encoding: "utf8" });
  if (status !== 0) throw new Error(`${command} ${args.join(" ")}: ${String(stderr)}`);
}
