// What each form tells: `//=` is above the function.
const shown = [];
function run(f, ...values) {
  let outcome;
  try {
    outcome = f(...values);
  } catch (error) {
    outcome = error.stack.split('\n', 2).join('');
  }
  console.log(f.name, outcome);
}

//= x=1 x=3 x=0 x=-4 y=1 y=2
function plain(a) {
  let x = a;
  x += 2
  x = 0
  x -= 4;
  var y = 1, z
  y <<= 1
  return [x, y, z]
}
run(plain, 1);

//= a=undefined b=2 c=0 a=1 b=2 c=3 d=4
function logical(a, b, c) {
  (a ?? (a = undefined)), b ||= 1, c &&= 3
  a ??= 1
  b = b || (b = 5)
  c = 3
  const d = a && (b && 4)
  return [a, b, c, d]
}
run(logical, undefined, 2, 0);

//= x=1 x=2 x=1 x=2 x=1 old=[1,2] n=1n n=2n n=1n big=[1,2] s=5 s=6 text=5
function updates() {
  let x, n, s
  x = 1, ++x, --x
  const old = [x++, x--]
  n = 1n
  const big = [n++, n--]
  s = '5'
  const text = s++
  return [x, old, n, big, s, text]
}
run(updates);

//= o.n=1 o.n=2 o.n=1 o['m']=object o['m'].k=3 o[key]=4 o[(key)]=5
function members(o, key) {
  o.n = 1
  o.n++
  --o.n
  o['m'] = {}
  o['m'].k = 3
  o[key] = 4
  o[
    (key)] = 5
  return JSON.stringify(o)
}
run(members, {}, 'k');

//= f=function_f n=1 g=function_g h=function_h i=function_named C=function_C j=function k=function_k o=object o.m=function k=function_k late=function_late
function functions() {
  let f = () => 1
  var g = (function () {}), n = 1
  const h = async () => {}
  let C = class {}, i = function named() {}
  let j = (0, () => {})
  let k; k = () => {}
  const o = {}; o.m = function () {}
  k ||= () => {}
  if (n) var late = () => 2
  else var other = () => 3
  return [f, g, h, C, i, j, k, o.m, late, other].map((it) => it && it.name)
}
run(functions);

//= a=1 b=2 c=3 rest=[4,5] d=6 e=7 f=8 others=object
function patterns(list, object) {
  let [a, [b = 2], , c, ...rest] = list
  const { d, x: { e = 7 } = {}, [`y`]: f = 8, ...others } = object
  return [a, b, c, rest, d, e, f, others]
}
run(patterns, [1, [], 0, 3, 4, 5], { d: 6, z: 1 });

//= o=object a=2 b=1 a=1 c=5 rest=[] o.x=1 a=9 b=8
function assigned() {
  let a, b, c, rest
  const o = {}
  ;[a, b] = [2, 1]
  ;({ a, b: o.x, c = 5 } = { a: 1, b: 2 })
  ;[o.x, ...rest] = [3]
  ;[o.x] = [1]
  o.x = 1
  ;[a] = [{ a } = { a: 9 }, 9].slice(1), [b] = [8]
  return [a, b, c, rest, o]
}
run(assigned);

//= v=1 x=1 i=0 x=0 i=1 x=1 i=2 k=a k=b x=a x=b v=1 w=2 v=3 w=4 y=2 y=1 y=0 y=5
function loops(o) {
  let x, y
  for (const v of [1]) x = v
  for (let i = 0, f = () => 1; i < 2; i++) x = i
  for (let [a, b] = [1, 2]; a > 1; );
  for (var k in o);
  for (x in o) { }
  for (const [v, w] of [[1, 2], [3, 4]]) { shown.push(v, w) }
  for (o.z of [1]) ;
  for (const y of [1]) { let y = 2; }
  for ({ y } of [{ y: 1 }]) continue
  while (y-- > 1);
  do y = 5; while (y < 1)
  return [x, y, k]
}
run(loops, { a: 1, b: 2 });

//= a=1 a=2 v=function_v b=3 a=4
function positions(c) {
  let a
  if (c) a = 1
  else a = 0
  l: a = 2
  m: var v = function () {}
  switch (a) { case 2: let b = 3; case 3: a = 4 }
  try { throw 1 } catch (e) { } finally { }
  return [a, v.name]
}
run(positions, true);

//= x=1 x=2 f=function_f g=function_g
function asi() {
  let x = 1
  ;[1].map((y) => y)
  x = 2
  ;(x)
  var f = () => 1
  ;`${x}`
  let g = function () { }
  ;/x/.test(x)
  return x
}
run(asi);
