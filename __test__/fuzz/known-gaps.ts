/**
 * Whether two lines tell the same but for what is a known gap of the instrumenter
 * (docs/internal/instrument/design.md) and can be seen only beside the other run's line.
 *
 * `threw TypeError: not iterable | …` plain and `threw TypeError: f is not a function | …` traced → `true`.
 */

/** `for await (… of f())` where `f` cannot be called says only that, not that what it gives might not
 * be iterable (scene.cjs cuts that short). */
const NOT_ITERABLE = /^(.*?TypeError): not iterable \|/;
const NOT_CALLABLE = /^(.*?TypeError): .* is not a function \|/;

/** Whether they do. */
export function areAlike(plain: string | undefined, traced: string | undefined): boolean {
  if (plain === traced) return true;
  if (plain === undefined || traced === undefined) return false;
  const [a, b] = [NOT_ITERABLE.exec(plain), NOT_CALLABLE.exec(traced)];
  return a !== null && b !== null && a[1] === b[1];
}
