/**
 * Where V8 says a suspension to be whose operand is asked for its iterator, or for its `then`: every
 * form of expression in every kind of statement, each a function on a line of its own.
 */
"use strict";
const { writeFileSync } = require("node:fs");
const { join } = require("node:path");

const forms = `l | top | 1 | "ab" | this | true | -1 | 1 + 2 | o | o.a | o.a.b | o["a"] | o[k] | this.a | new.target
  l + 1 | 1 + l | l + l + l | l * o.a * 2 | -l | +o.a | !l | !o.a | !!l | - -l | -"3" | ~l | typeof l | typeof o.a | typeof nope | void f() | delete o.zz | delete o[k + 1]
  l && o.a | o.a && l | o.a ?? l | none ?? l | l ? l : 1 | l ? o.a : 1 | none ? 1 : o.a | l ? f() : 1 | none ? f() : l | o.a === 1 ? l : 1
  [l] | [1] | [1, 2] | [] | [(l)] | [top] | [o.a] | [o.a, 1] | [1, l] | [,l] | [l,,] | [o.f()] | [[l]] | [[1]] | [[l], 1] | [[1], l] | [this] | [-1] | [l + 1] | [() => 1] | [l ? 1 : 2] | [o?.a]
  [...l] | [...o.a] | [...l, 1] | [...l, o.a] | [l, ...l] | [...o.l(), 1] | [...l, , 1]
  {} | { a: 1 } | { a: l } | { l } | { a: l, b: 1 } | { a: [l] } | { a: { b: 1 } } | { a: -1 } | { [k]: 1 } | { [k]: l } | { a() {} } | { get a() { return 1 } } | { ...l } | { ...o.a } | { ...l, a: 1 } | { a: l, ...o.a, b: l }
  { a: l, [k]() {} } | { a: () => 1 } | { a: o?.a } | \`abc\` | \`a\${l}\` | \`a\${o.a}b\` | \`\${o.a}\${l}\` | \`a\${1}\` | tag\`a\` | tag\`a\${l}\` | o.f\`a\`
  f() | f(l) | f(f()) | o.f(l) | o["f"]() | o.f(...l) | f(...l, o.a) | (f)() | (0, o.f)() | o?.a | none?.a | o?.a.b | o?.f() | o.f?.() | o?.[k] | f?.(l) | none?.a?.(l)
  new K | new K(l) | new o.K(o.a) | new K(...l) | new (class {})() | () => 1 | function () {} | async () => {} | class {} | class A {} | class { [k]() {} } | class { static a = l } | class { #p; a() {} } | /x/ | /x/.source
  (l) | (o.a, l) | (l, o.a) | (l, 1) | (o.a, l, 1) | (f(), l) | v = l | v = 1 | v = w = l | v += 1 | v ??= o.a | v &&= 1 | o.v = l | o.v += o.a | o[k] = l | o.v ??= l | o.v.w = l | [v] = l | [v, w] = o.a | ({ length: v } = l) | [o.v] = l
  v++ | ++v | o.v++ | ++o.v | o[k]++ | --o[k] | l in o | k in o.a | l instanceof K | l == 1 | l === o.a | l < 1 | o.a == null | (2 ** l) | l << o.a | l + o.a + 1 | "a" + l + "b" | l + "a" + o.a + f() | l && l && o.a
  Math.max(1, 2) | l.length | l[0] | o.a[0].b | o.a[l + 1] | (l, o).a | (o.f)() | o.f().a | o.f().a.b | f()[k] | (() => 1)() | (x => x)(l) | constant.a | late | [late] | [l][0] | [1].length | (class { static a = 1 }).a | !(l + 1) | (none ?? o).a | o?.a + 1`;
const needsBrackets = (form) => /^(\{|function|class|async)|=>|(^|[^=!<>])=($|[^=>])/.test(form);
const contexts = {
  "function*": ["yield* _", "log('s', (yield* _))", "const x = yield* _", "return yield* _", "o.a + (yield* _)", "v = [o.a, yield* _]", "if (yield* _) log()", "log(`${o.a} ${yield* _}`)", "o.v = yield* _", "for (const x of yield* _) ;", "(l, yield* _)"],
  "async function": ["await _", "log('s', await _)", "const x = await _", "return await _", "o.a + await _", "if (await _) log()", "for await (const x of _) break", "throw await _"],
  "async function*": ["yield _", "log('s', yield _)", "yield* _"],
};
const lines = ['"use strict"; const { top, o, none, k, f, tag, K, log, constant } = require("./things.js"); let v, w, late = [2]; exports.again = () => { v = [1]; w = [1]; };', "exports.all = ["];
for (const form of forms.split(/(?<!\|)\|(?!\|)|\n/).map((text) => text.trim())) {
  for (const [head, statements] of Object.entries(contexts)) {
    for (const statement of statements) lines.push(`[${JSON.stringify(`${head} ${statement} ${form}`)}, ${lines.length + 1}, ${head} (l) { ${statement.replace("_", () => (needsBrackets(form) ? `(${form})` : form))} }],`);
  }
}
writeFileSync(join(__dirname, "things.js"), `"use strict"; const f = () => Object.assign([1], { a: [1] }); class K { a = [1] }
module.exports = { top: [1], none: null, k: "a", f, K, tag: () => [1], log() {}, constant: [1], o: { f, l: () => [1], K } };`);
writeFileSync(join(__dirname, "forms.js"), `${lines.join("\n")}\n];\n`);

const { o } = require("./things.js");
const { again, all } = require("./forms.js");
const kinds = [Object, Number, String, Boolean, Function, RegExp];
let line = 0, told = [];
const tell = () => { told.push(...[...new Error("x").stack.matchAll(/forms\.js:(\d+):(\d+)/g)].filter(([, at]) => Number(at) === line).slice(0, 1).map(([, , column]) => column)); };
const iterator = { configurable: true, value: () => { tell(); return { next: () => { tell(); return { value: 1, done: true }; } }; } };
const then = { configurable: true, get: tell };
const begin = () => { again(); told = []; o.v = Object.assign([1], { w: [1] }); o.a = Object.assign([Object.assign([1], { b: [1] })], { b: [1] }); };

(async () => {
  for (const [name, at, make] of all) {
    const iterates = /yield\*|for /.test(name.replace("function*", ""));
    let end = "";
    for (const step of ["next", "throw"]) {
      if (step === "throw" && !name.startsWith("function*")) continue;
      begin();
      line = at;
      if (iterates && step === "next") for (const { prototype } of kinds) { Object.defineProperty(prototype, Symbol.iterator, iterator); Object.defineProperty(prototype, Symbol.asyncIterator, iterator); }
      if (!iterates) Object.defineProperty(Object.prototype, "then", then);
      let made;
      try {
        made = make.call(Object.assign([1], { a: Object.assign([1], { b: [1] }) }), [1]);
        if (made.next !== undefined) made = made.next();
        if (step === "throw" && made.done === false) { made = make.call([1], [1]); made.next(); made.throw(new Error("in")); }
      } catch (error) { end += `${error.name} ${/forms\.js:\d+:(\d+)/.exec(error.stack)?.[1]} `; }
      delete Object.prototype.then;
      try { await made; } catch {}
      for (const { prototype } of kinds) { if (prototype !== String.prototype) delete prototype[Symbol.iterator]; delete prototype[Symbol.asyncIterator]; }
    }
    console.log(`${name}: ${told.join()} ${end}`);
  }
})();
