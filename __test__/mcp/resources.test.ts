import {
  ResourceListChangedNotificationSchema,
  ResourceUpdatedNotificationSchema,
} from "@modelcontextprotocol/sdk/types.js";
import { afterAll, beforeAll, expect, test } from "vitest";
import { addressOf, parseAddress } from "../../ts/mcp/resources";
import { newFolder, RUN_A, RUN_B, sampleStore } from "../query/support/sample-store";
import { call, StoreWriter } from "../query/support/store-writer";
import { connect, type Connected } from "./support/connect";

let mcp: Connected;
let writer: StoreWriter;
beforeAll(async () => {
  const sample = await sampleStore();
  writer = sample.writer;
  mcp = await connect(sample.dir);
});
afterAll(() => mcp[Symbol.asyncDispose]());

const read = async (uri: string) => {
  const { contents } = await mcp.client.readResource({ uri });
  const [first] = contents as { text: string; mimeType: string }[];
  expect(first?.mimeType).toBe("application/json");
  return JSON.parse(first?.text ?? "");
};

test("addresses of odd names come back as they were", () => {
  for (const id of ["Cart.add", "a/b?c#d %", "<anonymous in ü>"]) {
    expect(parseAddress(addressOf("function", id))).toEqual({ kind: "function", id });
  }
  for (const uri of [
    "breadcrumb://run/",
    "breadcrumb://x/y",
    "file:///etc/passwd",
    "breadcrumb://run/%E0",
  ]) {
    expect(() => parseAddress(uri)).toThrow(expect.objectContaining({ code: "BC_ERR_BAD_OPTION" }));
  }
});

test("list, templates, and what each holds", async () => {
  const { resources } = await mcp.client.listResources();
  expect(resources.map(({ uri }) => uri)).toEqual(
    expect.arrayContaining([
      `breadcrumb://run/${RUN_A}`,
      `breadcrumb://trace/${RUN_A}-1`,
      "breadcrumb://function/parse",
    ]),
  );
  const { resourceTemplates } = await mcp.client.listResourceTemplates();
  expect(resourceTemplates.map(({ uriTemplate }) => uriTemplate)).toEqual([
    "breadcrumb://run/{run}",
    "breadcrumb://trace/{trace}",
    "breadcrumb://function/{function}",
  ]);
  for (const { uri } of resources) expect(await read(uri)).toHaveProperty("notice");
  expect(await read(`breadcrumb://run/${RUN_A}`)).toMatchObject({
    run: { runId: RUN_A },
    hottest: [{ function: "main" }, { function: "parse" }, { function: "load" }, {}, {}],
    exceptions: [{ name: "SyntaxError" }],
  });
  expect(await read(`breadcrumb://trace/${RUN_A}-1`)).toMatchObject({ callCount: 6 });
  expect(await read("breadcrumb://function/add")).toMatchObject({
    callers: [{ function: "main" }],
  });
});

test("completion of variables", async () => {
  const complete = async (uri: string, name: string, value: string) => {
    const { completion } = await mcp.client.complete({
      ref: { type: "ref/resource", uri },
      argument: { name, value },
    });
    return completion.values;
  };
  expect(await complete("breadcrumb://run/{run}", "run", "019a")).toEqual([RUN_A]);
  expect(await complete("breadcrumb://run/{run}", "run", "l")).toEqual(["latest"]);
  expect(await complete("breadcrumb://function/{function}", "function", "p")).toEqual(["parse"]);
  expect(await complete("breadcrumb://trace/{trace}", "trace", RUN_B)).toEqual([`${RUN_B}-1`]);
  expect(await complete("breadcrumb://trace/{trace}", "other", "x")).toEqual([]);
});

test("what is not there", async () => {
  await expect(read("breadcrumb://run/nope")).rejects.toMatchObject({
    code: -32002,
    message: expect.stringContaining("BC_ERR_NOT_FOUND"),
  });
  await expect(read("breadcrumb://what/ever")).rejects.toMatchObject({ code: -32602 });
  await expect(mcp.client.subscribeResource({ uri: "x:y" })).rejects.toMatchObject({
    code: -32602,
  });
});

/** Notifications of a client, and the next that tells of an address. */
function listen({ client }: Connected) {
  const waiting = new Map<string, () => void>();
  const told: string[] = [];
  const tell = (what: string) => {
    told.push(what);
    waiting.get(what)?.();
  };
  client.setNotificationHandler(ResourceUpdatedNotificationSchema, ({ params }) =>
    tell(params.uri),
  );
  client.setNotificationHandler(ResourceListChangedNotificationSchema, () => tell("list"));
  return {
    told,
    next: (what: string) =>
      new Promise<void>((done) => {
        waiting.set(what, done);
      }),
  };
}

test("who subscribed is told as rows arrive, and no more once unsubscribed", async () => {
  const heard = listen(mcp);
  const [run, trace, late, other] = [
    `breadcrumb://run/${RUN_B}`,
    `breadcrumb://trace/${RUN_B}-1`,
    "breadcrumb://function/late",
    `breadcrumb://run/${RUN_A}`,
  ] as const;
  for (const uri of [run, trace, late, other]) await mcp.client.subscribeResource({ uri });
  const arrived = Promise.all([run, trace, late].map((uri) => heard.next(uri)));
  await writer.segment({
    runId: RUN_B,
    seq: 1,
    calls: [call({ call_id: 4, root_id: 1, parent_id: 1, depth: 1, function: "late" })],
  });
  await arrived;
  expect(heard.told.toSorted()).toEqual([late, run, trace].toSorted());

  await mcp.client.unsubscribeResource({ uri: run });
  heard.told.length = 0;
  const again = heard.next(late);
  const changed = heard.next("list");
  await writer.segment({
    runId: RUN_B,
    seq: 2,
    calls: [call({ call_id: 5, root_id: 1, parent_id: 1, depth: 1, function: "late" })],
  });
  await again;
  writer.run({ runId: "019ccccc-0000-7000-8000-00000000000c" });
  await changed;
  expect(heard.told).not.toContain(run);
  expect(heard.told).not.toContain(other);
});

test("a store that comes later", async () => {
  const dir = newFolder();
  await using early = await connect(dir);
  const heard = listen(early);
  const uri = "breadcrumb://run/latest";
  await early.client.subscribeResource({ uri });
  const told = heard.next(uri);
  const later = await StoreWriter.create(dir);
  later.run({ runId: RUN_A });
  await told;
  expect(heard.told).toContain(uri);
  later.close();
});
