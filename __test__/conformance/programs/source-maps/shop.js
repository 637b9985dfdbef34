"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.Shop = void 0;
class Shop {
    items;
    constructor(items) {
        this.items = items;
    }
    total() { return this.items.map((item) => { const any = item; return any.no.price; }).length; }
}
exports.Shop = Shop;
//# sourceMappingURL=shop.js.map