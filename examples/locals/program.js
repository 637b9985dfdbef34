"use strict";
// Prices orders, and fails at one of them. `breadcrumb show` tells why: see main.mjs.

const RATES = { EUR: 1, USD: 1.08, GBP: 0.86 };

function createBilling({ password }) {
  const token = `Bearer ${"k3Yq9".repeat(6)}`;
  return {
    charge(orders) {
      const receipts = [];
      for (const order of orders) {
        let total = 0;
        for (const line of order.lines) {
          const currency = line.currency ?? order.currency;
          const rate = RATES[currency];
          if (rate === undefined) {
            const apiKey = ["sk_live", "51H8xPlantedSecret9Qw2"].join("_");
            throw new RangeError(`no rate, asked with ${apiKey}`, {
              cause: new Error(`login with password=${password} as ${token} was refused`),
            });
          }
          total += (line.cents * line.count) / rate;
        }
        receipts.push({ order: order.id, total: Math.round(total) });
      }
      return receipts;
    },
  };
}

const billing = createBilling({ password: "hunter2-planted-secret" });
billing.charge([
  { id: 1, currency: "EUR", lines: [{ sku: "A7", cents: 1250, count: 2 }] },
  {
    id: 2,
    currency: "USD",
    lines: [
      { sku: "B3", cents: 900, count: 1 },
      { sku: "C9", cents: 400, count: 3, currency: "usd" },
    ],
  },
]);
