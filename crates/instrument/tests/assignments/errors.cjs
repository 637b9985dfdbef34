// The same errors at the same places, and what was told before them.
'use strict';
function run(f, ...values) {
  let outcome;
  try {
    outcome = f(...values);
  } catch (error) {
    outcome = error.stack?.split('\n', 2).join('') ?? error;
  }
  console.log(f.name, outcome);
}

//= c=1 a=1 a=2
function constant() {
  const c = 1; let a = c
  c = a++ + 1
  a = 3
}
run(constant);

//= c=1
function constantUpdate() {
  const c = 1
  c++
}
run(constantUpdate);

//= c=1
function constantPattern() {
  const c = 1;
  [c] = [2]
}
run(constantPattern);

//= a=1
function tooEarly() {
  let a = 1
  b = a
  let b = 2
}
run(tooEarly);

//=
function readTooEarly() {
  const a = () => b, b = a()
}
run(readTooEarly);

//= a=2
function earlyClass(a) {
  a = 2
  C = a
  class C {}
}
run(earlyClass, 1);

//= o=object o.x=1
function setter() {
  const o = { set x(value) { if (value > 1) throw new RangeError(`no ${value}`) } }
  o.x = 1
  o.x = 2
}
run(setter);

//=
function frozen(o) {
  o.x = 1
}
run(frozen, Object.freeze({ x: 0 }));

//=
function ofNothing(o, key) {
  o.a.b = key()
}
run(ofNothing, {}, () => 1);

//= i=1 i=2
function ofNothingComputed(o) {
  let i = 1
  o[i++] = 1
}
run(ofNothingComputed, null);

//=
function cannotTakeApart(o) {
  const { a } = o
}
run(cannotTakeApart, undefined);

//= b=undefined
function cannotTakeApartAssigned(o) {
  let a, b = o
  const { c } = a = b
}
run(cannotTakeApartAssigned, undefined);

//=
function cannotIterate(o) {
  for (const [a] of o) ;
}
run(cannotIterate, [5]);

//=
function cannotIterateAssigned(o) {
  let a
  for (const b of a = o) ;
}
run(cannotIterateAssigned, 5);

//=
function cannotCallAssigned(o) {
  let a;
  (a = o)()
}
run(cannotCallAssigned, 5);

//=
function cannotCallMember(o) {
  let a;
  (a = o).b.c()
}
run(cannotCallMember, { b: {} });

//=
function cannotCallOfBranch(a, b) {
  ((a || b).c = 5)()
}
run(cannotCallOfBranch, null, {});

//= a=1
function cannotCallOfList(a, b) {
  a = 1; [b = a, a++].c()
}
run(cannotCallOfList);

//=
function cannotCallOfTemplate(a) {
  `${a = 1}${a--}`.b()
}
run(cannotCallOfTemplate);

//= i=1
function cannotCallUpdated(o) {
  let i = 1
  o[i++]()
}
run(cannotCallUpdated, {});

//=
function cannotConstruct(o) {
  let a
  new (a = o)()
}
run(cannotConstruct, 5);

//= a=1
function thrown() {
  let a
  throw a = 1
}
run(thrown);

//=
function mixed(a) {
  a = 1n + a
}
run(mixed, 1);

//=
function symbol(a) {
  a++
}
run(symbol, Symbol('s'));

//=
function called(f) {
  const a = f()
}
run(called, () => { throw new Error('in f') });

//= a=0
function partly(o) {
  let a = 0, b;
  ({ a, b } = o)
}
run(partly, { a: 1, get b() { throw new Error('in b') } });

//= x=1 e=2 x=2
function caught() {
  let x = 1
  try { missing.y = x } catch (e) { e = 2; x = e } finally { x }
  return x
}
run(caught);

//= e=true
function message() {
  let e
  try { missing = 1 } catch (error) { e = error.message === 'missing is not defined' }
  return e
}
run(message);
