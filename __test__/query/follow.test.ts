/** From `breadcrumb run --values identity,this` to the calls that met an object. */
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Call, openStore, type Store } from "../../ts/query/index";
import { cli, nodes, project, run } from "../support/program";

const MAIN = `
  class Cart { items = []; add(item) { this.items.push(item); return this } }
  const total = (cart) => cart.items.length;
  const wrap = (order) => order;
  const other = (value) => value;
  const cart = new Cart(), item = { sku: 1 };
  cart.add(item); total(cart); wrap({ cart }); other({ sku: 1 }); other('{"$id":1}');
  const settled = (...promises) => promises.length;
  const rejected = Promise.reject(new Error("no")); rejected.catch(() => {});
  settled(Promise.resolve(7), new Promise(() => {}), rejected);
  import("node:path").then((module) => other(module));
  class Deep { get at() { return 1 } static make() { return 2 } constructor() {} }
  new Deep().at; Deep.make();`;

describe.each(nodes)("a recording on %s", (_name, node) => {
  let store: Store;
  let folder: string;
  beforeAll(async () => {
    folder = project({ "main.js": MAIN });
    const args = [cli, "run", "--values", "identity,this", "--", node, "main.js"];
    const { status, stderr } = run(node, args, folder);
    expect(stderr).not.toContain("not recording");
    expect(status).toBe(0);
    store = await openStore(join(folder, ".breadcrumb"));
  });
  afterAll(() => store.close());

  it("follows an object through the calls that got it or gave it back", async () => {
    const [call] = (await store.calls({ function: "total" })).items;
    const [cart] = (call as Call).arguments as [{ $id: number; $class: string }];
    expect(cart.$class).toBe("Cart");
    const { items, nextCursor } = await store.follow(cart.$id);
    expect(items.map(({ call: { function: name }, paths }) => [name, paths])).toEqual([
      ["Cart.add", ["arguments[0]", "result"]],
      ["total", ["arguments[0]"]],
      ["wrap", ["arguments[0].cart", "result.cart"]],
    ]);
    expect(nextCursor).toBeNull();
    const page = await store.follow(cart.$id, { limit: 2 });
    const rest = await store.follow(cart.$id, { limit: 2, cursor: page.nextCursor as string });
    expect([...page.items, ...rest.items]).toEqual(items);
    await expect(store.follow(0)).rejects.toMatchObject({ code: "BC_ERR_BAD_OPTION" });
    const shown = run(node, [cli, "follow", `#${cart.$id}`], folder).stdout;
    expect(shown).toContain(`Cart.add(this: Cart #${cart.$id} {`);
    const json = JSON.parse(run(node, [cli, "follow", `${cart.$id}`, "--json"], folder).stdout);
    expect(json).toMatchObject({ calls: [{ paths: ["arguments[0]", "result"] }, {}, {}] });
    expect(run(node, [cli, "follow", "4000000000"], folder).stdout).toContain("No recorded value");
    expect(run(node, [cli, "follow", "x"], folder).stderr).toContain("number behind #");
  });

  it("has what methods and accessors are called on", async () => {
    const { items } = await store.calls({ limit: 100 });
    const parameters = items.map(({ function: name, parameters: of }) => [name, of]);
    expect(parameters).toContainEqual(["Cart.add", ["this", "item"]]);
    expect(parameters).toContainEqual(["get Deep.at", ["this"]]);
    expect(parameters).toContainEqual(["Deep.make", ["this"]]);
    expect(parameters).toContainEqual(["new Deep", []]);
  });

  it("has what promises were settled with, and modules unread", async () => {
    const [settled] = (await store.calls({ function: "settled" })).items;
    expect(settled?.arguments).toMatchObject([
      {
        items: [
          { $type: "promise", state: "fulfilled", value: 7 },
          { $type: "promise", state: "pending" },
          { $type: "promise", state: "rejected", value: { $type: "error", message: "no" } },
        ],
      },
    ]);
    const { items } = await store.calls({ function: "other" });
    expect(items.map((call) => call.arguments)).toContainEqual([
      expect.objectContaining({ $type: "opaque", $class: "Module" }),
    ]);
  });
});
