// Where an assignment may stand.
function run(f, ...values) {
  let outcome;
  try {
    outcome = f(...values);
  } catch (error) {
    outcome = error.stack.split('\n', 2).join('');
  }
  console.log(f.name, outcome);
}

class Base { set s(value) { this.t = value } }
//= this.t=1
class Derived extends Base {
  #p = 1; f = this.#p = 2; static q = 1
  static { let a = 1; a = 2; this.q = a }
  [(Base.z = 'computed')]() {}
  //= this.#p=3 this.#p=4 this.#p=6 old=6 super.s=1 this.r=5
  m() { this.#p = 3; this.#p++; const old = this.#p += 2; super.s = 1; this.r = 5; return [old, #p in this] }
  //= this.v=object
  get g() { return this.v = {} }
  //= this.w=1
  constructor(a = Base.y = 1) { super(); this.w = a }
}
run(function methods() { const d = new Derived(); return JSON.stringify([d.m(), d.g, d, Derived.q]) });

//= let=1 let=2 let=3 yield=1 async=2 of=3 await=4 get=5
function names() {
  var let = 1; let = 2
  ++let
  var yield, async, of, await, get
  yield = 1
  async = 2
  of = 3
  await = 4; get = 5
  return [let, yield, async, of, await, get]
}
run(names);

//= x=1 y=2 x=3 text=3 x=4 y=5 list=[4,5]
function expressions(f) {
  let x, y
  f((x = 1, y = 2), x)
  const text = `${x = 3}`, list = [x = 4, ...[y = 5]]
  return [text, list, typeof (y), void x]
}
run(expressions, (...all) => all);

//= x=1 a=1 a=2
function operators(o, x) {
  let a
  delete o[x = 1]
  !(a = x) || -(a = 2)
  return [o?.[x], o, a, x in o, (x, a)]
}
run(operators, { 1: 2, 2: 3 });

//= set=function_set add=function_add both=function_both
function arrows() {
  let a, b
  const set = (c) => a = c, add = c => (b += c), both = (c) => ({ a, b } = c)
  set(1), add, both({ a: 1, b: 2 })
  return [a, b]
}
run(arrows);

//= first.someRatherLongName.anotherRatherLongName[second.keyOf…=1
function longNames(first, second) {
  first.someRatherLongName.anotherRatherLongName[second.keyOfTheMember + 'x'] = 1
}
run(longNames, { someRatherLongName: { anotherRatherLongName: {} } }, {});

//= a=2 arguments[0]=3 a=3
function sloppy(a) {
  a = 2
  arguments[0]++
  var a = a
  return [a, arguments[0]]
}
run(sloppy, 1);

//= g=1 g=2
function global() {
  g = 1
  ;[g] = [2]
  return g
}
run(global);

//= x=1
function shadowed() {
  var x
  try { throw 0 } catch (x) { var x = 1; return x }
}
run(shadowed);

//= f=function_f
function hoisted() {
  function f() {}
  function f() { return 1 }
  var f
  f = f
  return f()
}
run(hoisted);

//= list=[] i=0 i=1 i=2 i=3
function closures() {
  const list = []
  for (let i = 0; i < 3; i++) list.push(() => i)
  return list.map((f) => f())
}
run(closures);

//=
function defaults(a = b => c = b, { d = (e = 1) } = {}) {
  var c, e
  return [a(1), d]
}
run(defaults);

//= x=1
function head() {
  for (var x = 1 in {}) ;
  return x
}
run(head);

//= x=1 y=1 y=2
function nested() {
  let x = 1, y = (() => { let y = x; return x = 2, y })()
  return [x, y = 2]
}
run(nested);

//=
function withStatement(o) { with (o) { a = 1 } return o.a }
run(withStatement, { a: 0 });

//= c=3 b=3 a=3
function chained() {
  let a, b, c
  a = b = c = 3
  return [a, b, c]
}
run(chained);

//=
function evaluated() {
  return eval('var ev = 1; ev = 2; ev')
}
run(evaluated);

//= p=object
function proxies(seen) {
  const p = new Proxy({}, { get(_, key) { seen.push(key); return undefined } })
  return seen.length
}
run(proxies, []);
