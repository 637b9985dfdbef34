/** What the route of `express.cjs` does. */
function price(n) {
  return { n, price: n * 2 };
}

async function total(n) {
  const items = [];
  for (let i = 0; i < n; i++) items.push(price(i));
  await Promise.resolve();
  return { sum: items.reduce((sum, item) => sum + item.price, 0), items };
}

module.exports = { total };
