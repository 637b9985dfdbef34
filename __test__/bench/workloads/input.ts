/** What the `tsc` workload checks: Node's and the DOM's types, and some generics. */
import { createServer, type IncomingMessage } from "node:http";
import { pipeline } from "node:stream/promises";

type Path<T, Depth extends unknown[] = []> = Depth["length"] extends 4
  ? never
  : T extends object
    ? { [K in keyof T & string]: K | `${K}.${Path<T[K], [...Depth, 0]>}` }[keyof T & string]
    : never;

interface Order {
  id: number;
  customer: { name: string; address: { city: string; lines: string[] } };
  items: readonly { name: string; cents: number }[];
}

export function pick<T extends object, P extends Path<T>>(value: T, path: P): unknown {
  return path.split(".").reduce<unknown>((at, key) => (at as Record<string, unknown>)[key], value);
}

const order = {} as Order;
export const city = pick(order, "customer.address.city");

export async function* lines(request: IncomingMessage): AsyncGenerator<string> {
  let rest = "";
  for await (const part of request) {
    const all = (rest + String(part)).split("\n");
    rest = all.pop() ?? "";
    yield* all;
  }
}

createServer((request, response) => {
  const totals = order.items.map(({ cents }) => cents).reduce((a, b) => a + b, 0);
  void pipeline(lines(request), response).then(() => document.title.padEnd(totals));
});
