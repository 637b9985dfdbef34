/**
 * A benchmarking script: measures two implementations with `Breadcrumb.measure`, without a store.
 *
 *     node examples/benchmark/main.mjs
 */
import { Breadcrumb } from "breadcrumb-tracer";

for (const name of ["recursive", "iterative"]) {
  const { result, functions, counters } = await Breadcrumb.measure(
    async () => {
      const { work } = await import(`./${name}.mjs`);
      return work(18);
    },
    { include: [`examples/benchmark/${name}.mjs`] },
  );
  console.log(`${name}: ${result} with ${counters.recorded} calls`);
  for (const { function: each, calls, selfNs } of functions) {
    console.log(`  ${each}: ${calls} calls, ${(selfNs / 1e6).toFixed(2)} ms self`);
  }
}
