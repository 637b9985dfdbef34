/** Blocks behind `await` and `yield`, and around them. */
const said = [];
const say = (it) => (said.push(it), it);
const later = async (it) => it;
const never = () => new Promise(() => {});
const reject = async (it) => { throw new Error(`rejected ${it}`); };
async function waits(a) {
  say('start')
  await later(a)
  say('waited')
  if (await later(a)) await reject(a)
  const b = (await later(1)) + await later(2); say(b)
  return a
}
const either = async (a) => a ? (await later(3)) : (await later(4), say('comma'))
const operands = async (a) => a && (await later(5)) || (await reject(6))
async function fails(a) {
  try {
    await (a ? reject(a) : later(a))
    say('fine')
  } catch (error) {
    say(error.message)
    await later(1); say('caught')
  } finally {
    await later(2)
    say('finally')
  }
  { await later(3); say('block') }
  say('end')
  await reject(4)
  say('never')
}
async function hangs() {
  say('before'); await never(); say('never')
}
async function loops(a) {
  for (const x of await later([1, 2])) if (x > 1) await later(x)
  for await (const x of a) { if (x === 1) continue; if (x === 3) break; say(x) } say('looped')
  for await (const x of [1, later(2)]) say(x)
  while (await later(a.length > 2)) a.pop()
  do await later(1); while (await later(a.length) && a.pop())
  outer: for (const x of [1, 2]) for await (const y of [x, 2]) { if (y > 1) continue outer; say(y) }
  switch (await later(1)) { case await later(1): say('case'); default: await later(2) ; say('default') }
  say('end')
}
function* counts(a) {
  say('started')
  if (a) yield 1
  const b = yield 2; say(b)
  try {
    yield b ? yield 3 : 4
    say('went on')
  } catch (error) { say(error) } finally { say('closed') }
  yield* a ? [5, 6] : []
  say('delegated')
  return a && (yield 7)
}
function* early(a) { yield a; say('never') }
async function* both(a) {
  for (const x of a) { yield x; say(`yielded ${x}`); if (x === 2) return await later(x) }
  yield* a.length ? [later(1)] : both([2])
  say('end'); await later(0)
  say('last')
}
const arrow = async (a) => a ? await later(a) : await reject('arrow')
const method = { async run() { await null; say(this === method) ; if (await this) return 1; }, async *go() { yield 1; yield await 2 } }
for (const a of [0, 1]) {
  for (const f of [waits, either, operands, fails, arrow]) {
    try { say(await f(a)) } catch (error) { say(error.message) }
  }
  const all = counts(a)
  all.next(); all.next(a); all.next(8); a ? all.throw('thrown') : all.next(); say([...all].join())
  const closed = counts(1); closed.next(); closed.next(); closed.next(0); closed.return(9)
  early(a).next(); early(a).return(); early(a)
}
hangs()
await loops([1, 2, 3, 4]); await loops([]).catch(say)
for (const a of [[], [1, 2, 3], [1]]) for await (const x of both(a)) { say(x); if (x === 3) break }
await method.run(); for await (const x of method.go()) say(x)
console.log(said.join(' '))
