/** Stacks through source maps, inline and in a file of its own: `main.js` and `shop.js` are compiled. */
import { findSourceMap, SourceMap } from "node:module";
import type { Item } from "./shop";
import { Shop } from "./shop";

const caught = (action: () => unknown): unknown => { try { return action(); } catch (error) { return (error as Error).stack; } };

function main(): void { const shop = new Shop([{ price: 1 } satisfies Item]);
  console.log(caught(() => shop.total())); console.trace("here");
  for (const file of [__filename, require.resolve("./shop")]) {
    const map = findSourceMap(file); console.log(map instanceof SourceMap, map?.payload.sources.length, map?.findEntry(9, 20));
  }
  Error.prepareStackTrace = (_, sites) => sites.map((site) => [site.getLineNumber(), site.getColumnNumber()]); console.log(caught(() => shop.total()));
  Error.prepareStackTrace = undefined; console.log(caught(() => shop.total()));
  process.setSourceMapsEnabled(false); console.log(caught(() => shop.total()));
}
setImmediate(main);
