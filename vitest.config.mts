/** Test projects: `unit` is what `npm test` runs beside the Rust tests; the others have scripts. */
import { defineConfig } from "vitest/config";

const UNIT = "__test__/**/*.test.ts";
const E2E = "__test__/e2e/**/*.test.ts";
const MCP = "__test__/mcp/**/*.test.ts";
/** Without, they are run at their small size alone, in `unit`. */
const WITH_MCP = process.env["BREADCRUMB_MCP"] !== "small";
const ENGINES = "__test__/engines/**/*.test.ts";
const INSPECTOR = ["__test__/inspector/**/*.test.ts", "__test__/attach/**/*.test.ts"];
const EXIT = "__test__/exit/**/*.test.ts";
const STORE = [
  "__test__/store/**/*.test.ts",
  "__test__/query/**/*.test.ts",
  "__test__/upkeep.test.ts",
];

export default defineConfig({
  test: {
    // Most tests wait for programs that they run: by default one core would idle.
    maxWorkers: "100%",
    projects: [
      {
        test: {
          name: "unit",
          include: [UNIT],
          exclude: [E2E, ENGINES],
          testTimeout: 300_000,
          hookTimeout: 300_000,
        },
      },
      {
        test: {
          name: "engines",
          include: [ENGINES],
          testTimeout: 1_200_000,
          hookTimeout: 1_200_000,
        },
      },
      {
        test: {
          name: "e2e",
          include: WITH_MCP ? [E2E, MCP] : [E2E],
          env: { BREADCRUMB_MCP: "full" },
          testTimeout: 1_200_000,
          hookTimeout: 300_000,
        },
      },
      {
        test: {
          name: "store",
          include: STORE,
          env: { BREADCRUMB_STORE: "full" },
          testTimeout: 600_000,
          hookTimeout: 600_000,
        },
      },
      {
        test: {
          name: "inspector",
          include: INSPECTOR,
          testTimeout: 300_000,
        },
      },
      {
        test: {
          name: "exit",
          include: [EXIT],
          env: { BREADCRUMB_EXIT: "full" },
          testTimeout: 300_000,
        },
      },
    ],
  },
});
