/** What the small size of the `tsc` workload checks: without a library. */
interface Array<T> { readonly length: number; [index: number]: T }
interface Boolean {}
interface CallableFunction {}
interface Function {}
interface IArguments {}
interface NewableFunction {}
interface Number {}
interface Object {}
interface RegExp {}
interface String { readonly length: number }

type Keyed<T> = { [K in keyof T]: T[K] };
function total(items: Keyed<{ cents: number }>[]): number {
  let sum = 0;
  for (let at = 0; at < items.length; at++) sum += items[at].cents;
  return sum;
}
