export class Queue {
  #items = [];
  *drain() {
    while (this.#items.length) yield this.#items.shift();
  }
  async push(item, { front = false, ...rest } = {}) {
    if (front) this.#items.unshift(item);
    else this.#items.push(item);
    for await (const done of this.drain()) console.log(done);
  }
}
