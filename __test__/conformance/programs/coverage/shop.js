"use strict";
class Shop {
  constructor(items) { this.items = items; }
  total(rate) { if (rate === undefined) { return this.items.length; } return this.items.reduce((sum, { price }) => sum + price * rate, 0); }
  never() { return "never"; }
}
function* each(shop) { for (const item of shop.items) { if (item.price > 5) return; yield item; } }
const shop = new Shop([{ price: 1 }, { price: 9 }]);
console.log(shop.total(), shop.total(2), [...each(shop)]);
try { (() => { throw new Error("caught"); })(); } catch { console.log("caught"); } finally { console.log("done"); }
