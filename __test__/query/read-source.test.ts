import {
  mkdirSync,
  mkdtempSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { readSource } from "../../ts/query/read-source";

let outside: string;
let project: string;
beforeAll(() => {
  outside = mkdtempSync(join(tmpdir(), "breadcrumb-source-"));
  writeFileSync(join(outside, "secret.js"), "secret\n");
  project = join(outside, "project");
  mkdirSync(join(project, "src"), { recursive: true });
  writeFileSync(join(project, "src/a.js"), "one\ntwo\nthree\nfour\nfive\n");
  symlinkSync(join(outside, "secret.js"), join(project, "link.js"));
  symlinkSync(outside, join(project, "folder"));
});

const read = (file: string, line = 3, ranAtMs = Date.now() + 60_000) =>
  readSource({ file, line, count: 2, project, bases: [project], ranAtMs });

test("lines from a little before the function on", () => {
  const lines = ["one", "two", "three", "four"];
  expect(read("src/a.js")).toEqual({ first: 1, lines, problem: null });
  expect(read(join(project, "src/a.js"), 4)).toMatchObject({ first: 2 });
});

test("says that the file was written since", () => {
  const file = join(project, "src/a.js");
  utimesSync(file, new Date(), new Date("2026-01-02"));
  expect(read("src/a.js", 1, Date.parse("2026-01-01")).problem).toContain("written after the run");
  expect(read("src/a.js", 1, Date.parse("2026-01-03")).problem).toBeNull();
  expect(read("src/a.js", 99)).toMatchObject({
    lines: [],
    problem: expect.stringContaining("6 lines now"),
  });
});

test.each(["../secret.js", "link.js", "folder/secret.js", "src/../../secret.js"])(
  "%s leads out of the project",
  (file) => {
    expect(read(file, 1)).toMatchObject({
      lines: [],
      problem: expect.stringContaining("outside of the project"),
    });
  },
);

test("a span is in none", () => {
  expect(read("node:http", 0)).toEqual({
    first: 0,
    lines: [],
    problem: "node:http told of it: a span is in no file",
  });
});

test("an absolute path elsewhere, none, and a folder", () => {
  expect(read(join(outside, "secret.js"), 1).problem).toContain("outside of the project");
  expect(read("src/none.js").problem).toContain("not there");
  expect(read("src").problem).toContain("no file");
  expect(read("a\0b").problem).toContain("no path");
  writeFileSync(join(project, "large.js"), "");
  truncateSync(join(project, "large.js"), 2 ** 25 + 1);
  expect(read("large.js")).toMatchObject({
    lines: [],
    problem: "the file is larger than 32 MiB: it is not read",
  });
});
