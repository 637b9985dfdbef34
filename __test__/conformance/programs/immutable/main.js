/** Persistent collections, drafts by proxies, and pure functions. */
"use strict";
const { List, Map: IMap, OrderedSet, Record, Seq, fromJS, is } = require("immutable");
const { enableMapSet, enablePatches, produce, produceWithPatches, original } = require("immer");
const R = require("ramda");

enablePatches();
enableMapSet();
let map = IMap();
for (let at = 0; at < 500; at++) map = map.update(at % 37, List(), (list) => list.push(at));
console.log(map.map((list) => list.reduce((a, b) => a + b, 0)).toJS(), map.hashCode());
const Point = Record({ x: 0, y: 0 });
console.log(is(new Point({ x: 1 }), Point({ x: 1 })), String(OrderedSet([3, 1, 3])), fromJS({ a: [{ b: 1 }] }).getIn(["a", 0, "b"]));
console.log(Seq(Array.from({ length: 1e4 }, (_, n) => n)).filter((n) => n % 3).map((n) => n * n).take(5).toArray());
const state = { todos: [{ id: 1, tags: new Set(["a"]) }, { id: 2, tags: new Set() }], byId: new Map([[1, { n: 0 }]]) };
const [next, patches, inverse] = produceWithPatches(state, (draft) => {
  draft.todos[1].tags.add("b");
  draft.todos.push({ id: 3, tags: new Set() });
  draft.byId.get(1).n += original(draft.byId).size;
  delete draft.todos[0].tags;
});
console.log(next, patches, inverse, next.todos[0] === state.todos[0], Object.isFrozen(next));
try {
  produce(state, (draft) => ((draft.a = 1), {}));
} catch (error) {
  console.log(error.message);
}
const f = R.pipe(R.groupBy((n) => (n % 2 ? "odd" : "even")), R.mapObjIndexed(R.sum), R.toPairs, R.sortBy(R.head));
console.log(f(R.range(0, 100)), R.curry((a, b, c) => a + b * c)(1)(R.__, 3)(2), R.lensPath(["a", 0]).length);
