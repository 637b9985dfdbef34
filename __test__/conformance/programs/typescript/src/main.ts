import { type Item, LimitedShelf, total } from "./inventory";

enum Unit {
  Piece,
  Box = 12,
}

const shelf = new LimitedShelf(2).add({ id: "a", name: "nut", quantity: 3 * Unit.Box });
const load = async (id: string): Promise<Item> => shelf.find(id) ?? { id, name: id, quantity: 0 };

export const counted = total(load, ["a", "b"]);
// An error on purpose: the compiler's diagnostics are part of what is compared.
export const wrong: string = shelf.size;
