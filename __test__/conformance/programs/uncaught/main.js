/** Ends by an error that nobody catches: its excerpt, caret, stack and exit code are compared. */
"use strict";
process.on("exit", (code) => console.log("exit", code));

class Basket {
  #items = [];
  add(item) {
    this.#items.push(item);
    return this;
  }
  get total() {
    return this.#items.reduce((sum, { price }) => sum + price.amount, 0);
  }
}

async function checkout(basket) {
  await null;
  try {
    return basket.total;
  } finally {
    console.log("finally");
  }
}

checkout(new Basket().add({ price: { amount: 3 } })).then((total) => {
  console.log(total);
  setTimeout(function later() { checkout(new Basket().add({})); }, 1);
});
