import { expect, test } from "vitest";
import { lastRows } from "../../ts/query/last-rows";

test("the row of a call's end stands for it, whichever comes first", () => {
  const open = { callId: 1, status: "open" } as const;
  const ended = { callId: 1, status: "returned" } as const;
  const other = { callId: 2, status: "open" } as const;
  expect([...lastRows([open, other, ended])]).toEqual([
    [1, ended],
    [2, other],
  ]);
  expect([...lastRows([ended, open])]).toEqual([[1, ended]]);
});
