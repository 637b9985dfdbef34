// Code in contexts of its own, and functions that go there and come back.
const vm = require("node:vm");

class Account {
  #sum = 0;
  add(n) {
    if (n < 0) throw new RangeError("negative");
    return (this.#sum += n);
  }
  *[Symbol.iterator]() {
    yield this.#sum;
  }
}
function twice(f, x) {
  return f(f(x));
}
async function later(x) {
  await null;
  return x * 2;
}
const lines = (error, n = 3) => error.stack.split("\n").slice(0, n).join("\n");

async function main() {
  const context = vm.createContext({ Account, twice, later, console });
  console.log(vm.runInContext("new Account().add(2) + twice((x) => x + 1, 1)", context));
  console.log(vm.runInContext("[...new Account()].length", context));
  console.log(await vm.runInContext("later(21)", context));
  console.log(vm.runInContext("String(twice) + Object.keys(globalThis)", context));
  try {
    vm.runInContext("function inner() { new Account().add(-1) }\ninner()", context, "inner.js");
  } catch (error) {
    console.log(error instanceof RangeError, lines(error, 4));
  }
  const script = new vm.Script("let n = twice((x) => x * 3, 2); n", { filename: "script.js" });
  console.log(script.runInContext(vm.createContext({ twice })), script.runInNewContext({ twice }));
  console.log(vm.runInThisContext("(function f(a) { return a + new Error('e').stack.split('\\n')[1] })", { filename: "script.js" })(1));
  const compiled = vm.compileFunction("return twice(String, x)", ["twice", "x"], { filename: "script.js" });
  console.log(compiled(twice, 4), String(compiled));
  const module = new vm.SourceTextModule("import x from 'x'; export const y = x(3); export const f = () => 1;", { context, identifier: "module.js" });
  await module.link(() => new vm.SyntheticModule(["default"], function () { this.setExport("default", (n) => twice((x) => x + 1, n)) }, { context }));
  await module.evaluate();
  console.log(module.namespace.y, module.namespace.f());
  const foreign = vm.runInNewContext("(class extends Base { constructor(n) { super(); this.add(n) } })", { Base: Account });
  console.log([...new foreign(5)]);
  const text = twice.toString();
  console.log(vm.runInNewContext(`(${text})`)((x) => x + 1, 1), new Function(`return ${later}`)().name);
  const watched = vm.createContext({ get: () => console.log("read") });
  const global = vm.runInContext("for (const name of ['own', Symbol('own')]) Object.defineProperty(globalThis, name, { get }); globalThis", watched);
  console.log([global].map((each) => typeof each));
  console.log(vm.isContext(context), (0, eval)("typeof twice"));
}
main();
