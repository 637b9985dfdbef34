/**
 * Whether two lines tell the same but for what is a known gap of the instrumenter
 * (docs/internal/instrument/design.md) and can be seen only beside the other run's line.
 *
 * `at list (a.js:2:31)` plain and `at a.js:2:31` traced → `true`.
 */

/** `for await (… of f())` where `f` cannot be called says only that, not that what it gives might not
 * be iterable (scene.cjs cuts that short). */
const NOT_ITERABLE = /^(.*?TypeError): not iterable \|/;
const NOT_CALLABLE = /^(.*?TypeError): .* is not a function \|/;
/** A frame with the function's name, which V8 may have taken from what stood around it. */
const NAMED_FRAME = /^at (.+?) \((.*)\)$/;
const BETWEEN_FRAMES = / (?:<|\|) /;

/** Whether they do. */
export function areAlike(plain: string | undefined, traced: string | undefined): boolean {
  if (plain === traced) return true;
  if (plain === undefined || traced === undefined) return false;
  const [a, b] = [NOT_ITERABLE.exec(plain), NOT_CALLABLE.exec(traced)];
  if (a !== null && b !== null) return a[1] === b[1];
  const [parts, others] = [plain.split(BETWEEN_FRAMES), traced.split(BETWEEN_FRAMES)];
  return (
    parts.length === others.length &&
    parts.every((part, i) => part === others[i] || differByLateName(part, others[i] as string))
  );
}

/** Whether one of two frames has no name, and they are at one place. */
function differByLateName(frame: string, other: string): boolean {
  const [one, two] = [frame, other].map(frameOf);
  if (one === undefined || two === undefined || one.place !== two.place) return false;
  return one.name === "" || two.name === "";
}

function frameOf(text: string): { name: string; place: string } | undefined {
  if (!text.startsWith("at ")) return undefined;
  const [, name, place] = NAMED_FRAME.exec(text) ?? [];
  if (name === undefined || place === undefined) return { name: "", place: text.slice(3) };
  return { name: name.endsWith("<anonymous>") || name === "eval" ? "" : name, place };
}
