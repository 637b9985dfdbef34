/** Branches of expressions, where operands stand and how statements end. */
const said = [];
const say = (it) => (said.push(it), it);
const thrower = () => { throw new Error('thrown') }
const pick = (a, b) => a ? b ? 'both' : 'first' : b && 'second' || 'none';
const chain = (a, b, c) => a && b && say(c)
const longer = (a, b, c) => a || b || c || say('none')
const nullish = (a, b) => (a ?? b) ?? say('nothing')
const object = (a) => a ? {} : ({ a })
const functions = (a) => a ? () => 1 : function () { return 2 }
const comma = (a) => (say(a), a && (say('x'), a)) || 0
function lines(a, b) {
  const first = a
    ? say('yes')
    : say('no');
  const second = a &&
    b &&
    say('all')
  return first
    || second
    || a ? b
      : a
}
function assigns(a) {
  a ||= say('or')
  a &&= say('and')
  let b = null
  b ??= () => a
  const { c = a && say('default') } = {}
  const d = a ? () => 1 : () => 2, e = a || function () {}
  ;[b.name, d.name, e.name, c].forEach((it) => say(String(it)))
  return b
}
const host = { me() { return this === host }, call: undefined }
function calls(a) {
  say((a ? host.me : host.call)?.() ?? 'none')
  say((a && host).me?.())
  say((a || host).me?.call(a ? host : null))
  say((0, a ? say : thrower)(a))
  say(delete (a && host.nothing))
  say(typeof (a || nowhere()))
  say((a ? String.raw : say)`x${a && 1}y`)
  say(new (a ? Map : Set)([]).size)
  return eval('a') && eval('a ? 1 : 2')
}
function nowhere() { return thrower() }
class Base { constructor(a) { this.a = a ? 1 : 2 } get it() { return this.a > 1 ? 'big' : 'small' } }
class Derived extends Base {
  #own = 1
  constructor(a) { a ? super(a) : super(); say(#own in this && a) }
  static [say('a') && 'computed'](a = 1 ? 2 : 3) { return a && this.computed !== undefined }
}
function ends(a) {
  let b = 1
  const f = a ? b : () => {}
  ;(() => say('paren'))()
  const g = a && b++
  ;[b].forEach(say)
  a && b++
  say(b)
  let h = a ? (b) : b--
  `x`.split()
  b = a || b
  return a ? /x/.test('x') : b
}
function semicolons(a) {
  let b = 1
  a && b++
  ++b
  var c = a ? b : b++
  !function () { say(b) }()
  a || b--
  ;(b)
  return c
}
function loops(a) {
  for (let i = a ? 0 : 1; a ? i < 2 : i < 3; i += a || 1) say(i || 'zero')
  while (a && a > 0) a--
  do a++; while (a < 3 || (a < 5 && say('more')))
  if (a && a > 3 || say('test')) say('then')
  switch (a ? 1 : 2) { case a && 1: say('one'); break; case 2 || say('never'): say('two') }
  for (const x of a ? [1] : [2]) say(x)
  for (const x in a && { y: 1 }) say(x)
  if (!(a && say('not'))) say('no')
  throw a ? 'thrown' : a && 'never'
}
const literal = (a) => true || say(a)
const parameters = (a = said.length ? 1 : 2, { b = a && 3 } = {}) => a && b
for (const a of [0, 1, 1]) {
  for (const f of [functions, comma, assigns, calls, ends, semicolons, loops, object, literal, parameters]) {
    try { say(JSON.stringify(f(a))) } catch (error) { say(error.message ?? error) }
  }
  for (const b of [0, 1, null]) {
    for (const f of [pick, chain, longer, nullish, lines]) say(JSON.stringify(f(a, b, 1)))
  }
}
say(new Derived(1).it); say(new Derived(0).it); say(Derived.computed())
console.log(said.join(' '))
