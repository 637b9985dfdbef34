import { spawn } from "node:child_process";
import { once } from "node:events";
import { describe, expect, it } from "vitest";
import { descendants } from "../../ts/cli/descendants";

describe.runIf(process.platform === "linux")("descendants", () => {
  it("finds children and what they started, parents first", async () => {
    const shell = spawn("sh", ["-c", "sleep 30 & echo $!; wait"], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const [line] = (await once(shell.stdout, "data")) as [Buffer];
    const sleep = Number(line.toString());
    const found = descendants(process.pid);
    expect(found).toContain(shell.pid);
    expect(found.indexOf(sleep)).toBeGreaterThan(found.indexOf(shell.pid as number));
    process.kill(sleep);
    await once(shell, "exit");
  });
});
