/** Things on shelves. */
export interface Item {
  readonly id: string;
  readonly name: string;
  quantity: number;
}

type Keyed<T, K extends keyof T> = { [P in K]: T[P] };
export type ItemKey = Keyed<Item, "id" | "name">;

export abstract class Shelf<T extends Item> {
  #items = new Map<string, T>();
  protected abstract accepts(item: T): boolean;

  add(item: T): this {
    if (!this.accepts(item)) throw new RangeError(`no room for ${item.name}`);
    this.#items.set(item.id, item);
    return this;
  }

  get size(): number {
    return this.#items.size;
  }

  find(id: string): T | undefined {
    return this.#items.get(id);
  }
}

export class LimitedShelf extends Shelf<Item> {
  constructor(private readonly limit: number) {
    super();
  }

  protected accepts(item: Item): boolean {
    return this.size < this.limit && item.quantity > 0;
  }
}

export async function total(load: (id: string) => Promise<Item>, ids: string[]): Promise<number> {
  let sum = 0;
  for (const id of ids) sum += (await load(id)).quantity;
  return sum;
}
