/** Each statement with blocks, and each way out of it. */
'use strict';
const said = [];
const say = (it) => (said.push(it), it);
function fail(it) {
  throw new Error(`failed ${it}`);
}
function branches(a) {
  if (a) say(1);
  if (a) say(1)
  else say(2)
  if (a > 1) {
    say(3);
  } else if (a) say(4);
  else if (a === 0)
    say(5)
  else {
    say(6);
  }
  if (a) if (a > 1) say(7); else say(8)
  if (a);
  else say(9);
  if (a) {} else {}
  if (a > 2) return
  if (a > 1) return say(10)
  say(11); if (a) { say(12) } say(13)
  say(14)
}
function loops(a) {
  let n = 0, m
  for (const x of a) say(x)
  for (const x of a) { if (x) continue; say(x) } for (const k in a) say(k)
  for (let i = 0; i < a.length; i++)
    if (a[i]) break
    else say(i)
  while (n < a.length) n++
  do n--; while (n > 0) say(n)
  do { n++; if (n > 2) break; } while (n < 5);
  outer: for (;;) {
    inner: for (const x of a) {
      if (x === 1) { say('one') }
      if (x === 2) continue inner
      if (x === 3) break outer
      say(x)
    }
    break
  }
  for (;;) { break }
  while (false) say(n);
  for (m of []) say(m); say('done')
}
function leaves(a) {
  for (const x of a) {
    try {
      if (x === 1) continue
      if (x === 2) break
      if (x === 3) return say('left')
      if (x === 4) fail(x)
      say(x)
    } catch ({ message }) {
      say(message)
    } finally {
      say('finally')
    }
    say('next')
  }
  say('end')
}
function tries(a) {
  try { if (a) fail(a) } catch { say('caught') } finally { say('finally') } say('after')
  try {
    try { fail(1) } finally { say('inner'); if (a) fail(2) }
    say('never')
  } catch (error) { say(error.message) }
  say(overrides(a))
  try { say(1) } catch {} say(2)
  try { throw say(3) } catch (error) { if (a) return 1; else throw error }
  say('never')
}
function overrides(a) {
  try {
    return say(1)
  } finally {
    if (a) return say(2)
    say(3)
  }
  say('never')
}
function middle(a) {
  say(a)
  if (a) {
    say('in')
    fail(a)
    say('not counted apart')
  }
  say('behind')
  return a
  say('never')
}
function cases(a) {
  switch (a) {
    case 0:
    case 1: say('low')
    case 2: {
      say('block')
      break
    }
    case (3): case 4:
      if (a === 4) break
      say('three')
      return
    case say(5): function inner() {} inner()
    default:
      say('default')
    case 7:
  }
  switch (a) {} switch (a) { default: say('only') }
  l: switch (a) { case 1: break l; case 2: let b = a; say(b) }
  say('behind')
}
function labels(a) {
  l: {
    if (a) break l
    say('in')
  }
  say('behind'); { if (a > 1) return; say('block') } say('end')
  m: if (a) say('labelled')
  k: j: for (const x of [1, 2]) { if (x > 1) continue k; say(x) }
  n: say('plain')
  say('last')
}
function braces(a) {
  say(a)
  {
    {
      say(a > 0 || fail(a))
    }
    say('in')
  } say('behind')
  {} say('the same')
}
function declared(a) {
  var b
  let c, d = a
  const e = d
  function inner() { return e }
  class Local { method() { return inner() } }
  if (a) return new Local().method()
  function later() { return 1 }
  class Other extends Local { static x = a ? 1 : 2; static { if (a) say('not told') } y = a && 1 }
  let f
  var g = later(); say(g)
  ;
  say(new Other().y)
  debugger
}
function constants() {
  if (true) say(1); else say(2)
  if (false) say(3)
  while (true) { say(4); break }
  do say(5); while (false)
  for (; false;) say(6)
  return say(7)
}
const sloppy = new Function('say', 'if (say) function f() { say(1) } else function f() {} f(); with ({}) { if (say) say(2) }');
function dead(a) {
  if (a) { return; say(1) }
  while (a) { break; say(2) }
  throw say(3); say(4)
}
function run(f, ...all) {
  for (const it of all) {
    try { f(it) } catch (error) { say(error.message ?? error) }
  }
}
run(branches, 0, 1, 2, 3, -1, 0, 1);
run(loops, [], [1], [0, 1, 2], [0, 2, 3, 1], [3]);
run(leaves, [1, 5, 2], [4, 3], [5], []);
run(tries, 0, 1, 0);
run(middle, 0, 1, 1);
run(cases, 0, 1, 2, 3, 4, 5, 6, 7, 0, 0);
run(labels, 0, 1, 2, 1, 1);
run(braces, 0, 1, 0);
run(declared, 0, 1, 0);
run(constants, 0, 1);
run(sloppy, say);
run(dead, 0, 1, 0);
console.log(said.join(' '));
