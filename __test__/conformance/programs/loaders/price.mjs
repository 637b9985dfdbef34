export function total(items) { return items.reduce((s, i) => s + one(i), 0) }
export function one(i) { if (i.n < 0) throw new RangeError("negative"); return i.n * i.p }
