/**
 * Records `program.js` as the store of this version, `v<version>`, in the place of an earlier one:
 *
 *     npm run build && node __test__/query/stores/record.mjs
 *
 * For a version that is not released yet: what a released one wrote is never written again. Says
 * nothing of the machine: the record's `cwd` is `/app`, its `pid` 42.
 */
import { execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

const CLI = resolve(import.meta.dirname, "../../../dist/cli.js");

const folder = mkdtempSync(join(tmpdir(), "store-"));
cpSync(join(import.meta.dirname, "program.js"), join(folder, "app.js"));
writeFileSync(join(folder, "package.json"), "{}");
const store = join(folder, "store");
const args = [CLI, "run", "--quiet", "--variables", "--store", store, "--", process.execPath, "app.js"];
execFileSync(process.execPath, args, { cwd: folder, stdio: "inherit" });

const record = readdirSync(join(store, "runs")).find((name) => name.endsWith(".json"));
const path = join(store, "runs", record);
const told = JSON.parse(readFileSync(path, "utf8"));
const neutral = { command: ["node", "/app/app.js"], cwd: "/app", pid: 42 };
writeFileSync(path, `${JSON.stringify({ ...told, ...neutral }, null, 2)}\n`);

const { schemaVersion } = JSON.parse(readFileSync(join(store, "store.json"), "utf8"));
const target = join(import.meta.dirname, `v${schemaVersion}`);
rmSync(target, { recursive: true, force: true });
for (const part of ["store.json", "runs", "segments"]) {
  cpSync(join(store, part), join(target, part), {
    recursive: true,
    filter: (file) => !/\.(?:lock|open|tmp)$/.test(file),
  });
}
rmSync(folder, { recursive: true });
console.log(`recorded ${target}`);
