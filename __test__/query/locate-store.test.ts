import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterEach, expect, test, vi } from "vitest";
import { openStore } from "../../ts/query/index";
import { locateStore } from "../../ts/query/locate-store";
import { SCHEMA_VERSION } from "../../ts/query/schema";
import { newFolder } from "./support/sample-store";

afterEach(() => vi.unstubAllEnvs());

function emptyStore(
  manifest: string = JSON.stringify({ schemaVersion: SCHEMA_VERSION, id: "x" }),
): string {
  const dir = newFolder();
  mkdirSync(dir, { recursive: true });
  writeFileSync(join(dir, "store.json"), manifest);
  return dir;
}

test("a store is found by its folder, the one above it, the environment, and upwards", () => {
  const dir = emptyStore();
  expect(locateStore(dir)).toBe(dir);
  expect(locateStore(dirname(dir))).toBe(dir);
  vi.stubEnv("BREADCRUMB_DIR", dir);
  expect(locateStore()).toBe(dir);
  vi.stubEnv("BREADCRUMB_DIR", "");
  const inner = join(dirname(dir), "a", "b");
  mkdirSync(inner, { recursive: true });
  const cwd = vi.spyOn(process, "cwd").mockReturnValue(inner);
  expect(locateStore()).toBe(dir);
  cwd.mockRestore();
});

test("a missing store names where it was looked for, and what to do", async () => {
  await expect(openStore("/nonexistent")).rejects.toMatchObject({
    code: "BC_ERR_STORE_MISSING",
    message: expect.stringMatching(/no store in \/nonexistent: .*breadcrumb run/),
  });
  vi.stubEnv("BREADCRUMB_DIR", "");
  const cwd = vi.spyOn(process, "cwd").mockReturnValue(newFolder());
  await expect(openStore()).rejects.toMatchObject({ code: "BC_ERR_STORE_MISSING" });
  cwd.mockRestore();
});

test.each(["", "{", '"text"x'])(
  "a damaged store.json (%j) is BC_ERR_STORE_CORRUPT",
  async (text) => {
    await expect(openStore(emptyStore(text))).rejects.toMatchObject({
      code: "BC_ERR_STORE_CORRUPT",
    });
  },
);

test("a newer store is refused, naming both versions", async () => {
  const dir = emptyStore(JSON.stringify({ schemaVersion: SCHEMA_VERSION + 1 }));
  await expect(openStore(dir)).rejects.toMatchObject({
    code: "BC_ERR_STORE_VERSION",
    message: expect.stringMatching(
      new RegExp(`version ${SCHEMA_VERSION + 1}.* up to version ${SCHEMA_VERSION}`),
    ),
  });
});
