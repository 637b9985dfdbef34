export interface Item { readonly price: number }

type Many = readonly Item[];

export class Shop {
  constructor(private readonly items: Many) {}
  total(): number { return this.items.map((item: Item): number => { const any = item as unknown as { no: Item }; return any.no.price; }).length; }
}
