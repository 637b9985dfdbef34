/**
 * `Promise.all` over a list with at most so many tasks under way.
 */
"use strict";

/** Maps each item through an asynchronous function; the results are in the items' order. */
async function mapLimit(items, limit, map) {
  const results = [];
  let next = 0;
  async function worker() {
    while (next < items.length) {
      const at = next++;
      results[at] = await map(items[at]);
    }
  }
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, worker));
  return results;
}

module.exports = { mapLimit };
