import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { writeLargeStore } from "../query/support/large-store";
import { newFolder } from "../query/support/sample-store";
import { cli, nodes } from "../support/program";

let dir: string;
beforeAll(async () => {
  dir = newFolder();
  await writeLargeStore(dir, { segments: 1, rowsPerSegment: 20_000, callsPerTrace: 20_000 });
});

describe.each(nodes)("the built program on %s", (_name, node) => {
  test("a pipe gets all of a long answer", () => {
    const { status, stdout } = spawnSync(node, [cli, "show", "latest", "--json", "--store", dir], {
      maxBuffer: 2 ** 28,
    });
    expect(status).toBe(0);
    expect(stdout.length).toBeGreaterThan(2 ** 20);
    expect((JSON.parse(stdout.toString()) as { calls: unknown[] }).calls).toHaveLength(20_000);
  });

  test("a reader that goes away is no error", async () => {
    const child = spawn(node, [cli, "show", "latest", "--full", "--store", dir]);
    let stderr = "";
    child.stderr.on("data", (chunk) => (stderr += String(chunk)));
    child.stdout.once("data", () => child.stdout.destroy());
    const code = await new Promise((resolve) => void child.once("close", resolve));
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  });

  test("exit codes and streams", () => {
    const wrong = spawnSync(node, [cli, "show", "zzz", "--store", dir], { encoding: "utf8" });
    expect(wrong).toMatchObject({ status: 2, stdout: "" });
    expect(wrong.stderr).toMatch(/^breadcrumb: no trace "zzz"[^\n]+\n$/);
    const top = spawnSync(node, [cli, "top", "--store", dir], { encoding: "utf8" });
    expect(top.status, top.stderr).toBe(0);
  });

  test("what asks no table loads neither DuckDB nor the addon", () => {
    const probe = join(mkdtempSync(join(tmpdir(), "breadcrumb-probe-")), "probe.cjs");
    writeFileSync(
      probe,
      `process.on("exit", () => console.error(Object.keys(require.cache).filter((f) => /duckdb|modelcontextprotocol|[/]zod[/]|\\.node$/.test(f)).length));`,
    );
    const loads = [
      ["--help"],
      ["list", "--help"],
      ["help", "stats"],
      ["--version"],
      ["lst"],
      ["completion", "bash"],
      ["config"],
      ["init", "--dry-run"],
      ["list", "--runs", "--store", dir],
    ];
    for (const argv of loads) {
      const { stderr } = spawnSync(node, ["--require", probe, cli, ...argv], { encoding: "utf8" });
      expect(stderr.trim().split("\n").at(-1)).toBe("0");
    }
  });
});
