/**
 * The small programs, plain against traced. All of them, on every Node: `npm run test:conformance`.
 */
import { describe, expect, test } from "vitest";
import { nodeBinary, testedVersions } from "../../scripts/node-versions.mjs";
import { compare } from "./compare.ts";
import { judge } from "./known-gaps.ts";
import { findPrograms } from "./programs.ts";

describe.each(testedVersions())("on Node %i", (major: number) => {
  test.each(findPrograms().filter(({ small }) => small))(
    "$name does the same plain and traced",
    async (program) => {
      const { differences } = await compare(program, nodeBinary(major));
      const verdict = judge(program, major, differences.length === 0);
      expect(verdict, differences.join("\n")).toMatchObject({ ok: true });
    },
  );
});
