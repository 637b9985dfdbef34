/** A bundler with a plugin, tree shaking and two formats. */
import { rollup } from "rollup";

const files = {
  main: 'import { used, default as d } from "lib"; import * as all from "more"; export const run = () => used(d) + all.a; export { b as c } from "more"; import("lazy").then(console.log);',
  lib: "export const used = (x) => x + 1; export const unused = () => sideEffect(); export default 41; class Gone { static x = 1 }",
  more: "export const a = 1, b = 2; export function* g() { yield* g(); } if (false) dead();",
  lazy: 'export { run } from "main"; export const late = async () => { for await (const x of []) ; };',
};
const plugin = {
  name: "memory",
  resolveId: (id) => (id in files ? id : null),
  load: (id) => files[id] ?? null,
  transform: (code) => ({ code: code.replace("41", "42"), map: null }),
};
const bundle = await rollup({ input: "main", plugins: [plugin], onwarn: ({ code, message }) => console.log(code, message) });
for (const format of ["es", "cjs", "system"]) {
  const { output } = await bundle.generate({ format, sourcemap: true, exports: "named", chunkFileNames: "[name].js" });
  for (const chunk of output) console.log(chunk.fileName, chunk.code ?? chunk.source);
}
await rollup({ input: "missing", plugins: [plugin] }).catch(({ code, message }) => console.log(code, message));
const broken = { ...plugin, load: () => "let let = 1" };
await rollup({ input: "main", plugins: [broken] }).then((b) => b.generate({})).catch(({ code, message }) => console.log(code, message));
