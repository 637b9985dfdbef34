/** What V8 says of expressions with branches, and where. */
const tests = {
  called(a, b) { (a || b)() },
  condition(a, b) { (a ? a : b)() },
  member(a, b) { (a || b || {}).x() },
  element(a, b) { [1][a || b || 'x']() },
  built(a, b) { new (a || b)() },
  list(a, b) { const [c] = a || b },
  looped(a, b) { for (const x of a || b); },
  numbers(a, b) { for (const x of a || 1); },
  property(a, b) { (a || b).x },
  operand(a, b) { a || b.c.d },
  taken(a, b) { const { c } = a || b },
  assigned(a, b) { let c; ({ c } = a || b) },
  either(a, b) { const { c } = a ? a : b },
  spread(a, b) { return [...(a || b)] },
  argument(a, b) { none(...(a || b)) },
  inside(a, b) { return 'x' in (a || b) },
  instance(a, b) { return 1 instanceof (a || b) },
  tagged(a, b) { (a || b)`x` },
  optional(a, b) { (a || 1)?.() },
  inherits(a, b) { class A extends (a || 1) {} },
  branch(a, b) { (a ? 1 : b.c)() },
  method(a, b) {
    a
      || b.c()
  },
  thrown(a, b) { throw a || new Error('thrown') },
  constant(a, b) { const c = 5; a || (c = 2) },
  ofNull(a, b) { return a || null.x },
  arrow: (a, b) => a || b(),
  arrowBranch: (a, b) => a ? 1 : b.c.d,
  negated(a, b) { (!(a && b) && b)() },
  sum(a, b) { (a + (a || b))() },
  missing(a) { return a || missing },
  missingBranch(a) { return a ? 1 : missing },
  missingTest(a) { if (a || missing) return 1 },
  missingArrow: (a) => a || missing,
  missingArgument(a) { none(a || missing) },
  missingValue(a) { const b = a || missing },
  missingThrown(a) { throw a || missing },
  missingLater(a) { a = none(); return none() || missing },
  early(a) { return a || later; let later },
  missingStatement(a) { if (a) none(); else missing },
  missingNext(a) { if (a) none(); missing },
  missingLoop(a) { for (const b of [1]) missing },
  comma(a, b) { (a, a || b)() },
};
function none() {}
for (const [name, test] of Object.entries(tests)) {
  try {
    test(0);
    console.log(name);
  } catch (error) {
    console.log(name, error.message, error.stack.split('\n')[1].replace(/^.*:(\d+:\d+)\)?$/, '$1'));
  }
}
