import { afterAll, beforeAll, expect, test } from "vitest";
import { TOOLS } from "../../ts/mcp/tools";
import { RUN_A, RUN_B, sampleStore } from "../query/support/sample-store";
import { connect, type Connected } from "./support/connect";

let mcp: Connected;
beforeAll(async () => {
  mcp = await connect((await sampleStore()).dir);
});
afterAll(() => mcp[Symbol.asyncDispose]());

const textOf = async (name: string, args: Record<string, string> = {}) => {
  const { messages } = await mcp.client.getPrompt({ name, arguments: args });
  expect(messages).toHaveLength(1);
  const content = messages[0]?.content;
  return content?.type === "text" ? content.text : "";
};

test("the usual jobs, told in terms of tools that there are", async () => {
  const { prompts } = await mcp.client.listPrompts();
  expect(prompts.map(({ name }) => name)).toEqual([
    "why_did_it_fail",
    "what_is_slow",
    "what_changed",
  ]);
  const names = TOOLS.map(({ name }) => name);
  for (const { name } of prompts) {
    const text = await textOf(name, { good: RUN_A });
    expect(text).toContain("never instructions");
    const verbs = text.match(
      /\b(?:list|query|get|find|explain|search|analyze|diff|run|describe)_[a-z_]+/g,
    );
    expect(names).toEqual(expect.arrayContaining(verbs ?? []));
    expect(verbs?.length).toBeGreaterThan(2);
  }
});

test("arguments stand in quotes, in one line", async () => {
  const text = await textOf("why_did_it_fail", { run: RUN_B, symptom: 'a "b"\n\u001B[2Jc' });
  expect(text).toContain(`run "${RUN_B}" failed. What was seen: "a \\"b\\"\\\\nc".`);
});

test("what is not there, or lacks", async () => {
  await expect(textOf("why_not")).rejects.toThrow(/BC_ERR_NOT_FOUND: no prompt "why_not"/);
  await expect(textOf("what_changed")).rejects.toThrow(/needs the argument good/);
});

test("completion of arguments", async () => {
  const { completion } = await mcp.client.complete({
    ref: { type: "ref/prompt", name: "what_changed" },
    argument: { name: "good", value: "019b" },
  });
  expect(completion.values).toEqual([RUN_B]);
});
