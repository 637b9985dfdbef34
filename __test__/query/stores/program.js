class Cart {
  constructor(items) { this.items = items; }
  add(item, price) { return this.items.push(price); }
  total() { return this.items.reduce((sum, price) => sum + price, 0); }
}
function double(a) { return a * 2; }
function parse(text) { return JSON.parse(text); }
function load(text) {
  try { return parse(text); } catch { return null; }
}
function main(path) {
  const cart = new Cart([]);
  for (let i = 0; i < 4; i++) cart.add(`item ${i}`, double(i));
  load("{");
  load('{"a":1}');
  return { path, total: cart.total() };
}
main("a.json");
