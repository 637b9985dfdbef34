/** Compiled to one line each: `esbuild shop.ts --minify --format=cjs --sourcemap=inline --outfile=inline.js`, and to `external.js`. */
export interface Item { readonly price: number }
export class Shop {
  constructor(private readonly items: readonly Item[]) {}
  total(): number { return this.items.map((item) => this.#price(item)).reduce((a, b) => a + b, 0); }
  #price(item: Item): number { if (item.price < 0) { throw new Error("negative"); } return item.price; }
}
export const later = async (shop: Shop): Promise<number> => { await null; return shop.total(); };
