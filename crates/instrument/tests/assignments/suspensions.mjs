/** Where a function waits. */
let top = 1
top += await 1
async function run(f, ...values) {
  let outcome;
  try {
    outcome = await f(...values);
  } catch (error) {
    outcome = error.stack.split('\n', 2).join('');
  }
  console.log(f.name, outcome);
}

//= a=1 b=2 c=4 d=7
async function awaits(x) {
  const a = await x, { b = await 2 } = {}
  let c = (await x) + await 3
  ;[globalThis.a1, globalThis.b1] = await [5, 6]
  const d = await 7
  return [a, b, c, d]
}
await run(awaits, 1);

//= x=1 y=a o.p=b z=undefined x=undefined x=c
function* yields(o) {
  let x = 1
  let y = yield x
  o.p = yield (y)
  const z = yield
  x = yield* [1]
  x = 'c'
  return [x, y, z]
}
await run(function collect() {
  const g = yields({});
  return [g.next(), g.next('a'), g.next('b'), g.next(), g.next(), g.next()].map((it) => it.value);
});

//= s=0 v=1 s=1 v=2 s=3 w=1 s=4 w=2 s=5
async function loops(list) {
  let s = 0
  for await (const v of list) s += v
  for await (const [w] of list.map((it) => [it])) { if (w > 2) continue; s++ }
  return s
}
await run(loops, [1, 2]);

//= x=1 x=2
async function* both() {
  let x
  try { x = yield 1 } finally { x = await 2 }
}
await run(async function collectBoth() {
  const g = both();
  await g.next();
  await g.next(1);
});

//= x=1
async function rejected() {
  let x = 1
  x = await Promise.reject(new Error('no'))
}
await run(rejected);

//= x=1
function* closed() {
  let x = 1
  try { x = yield } finally { }
}
await run(function close() { const g = closed(); g.next(); return g.return(5).value });

//= f=function_f x=1
async function functions() {
  const f = async () => { }
  await f()
  let x
  list(() => 1, x = await 1)
  return [f.name, x]
}
const list = (...all) => all
await run(functions);
