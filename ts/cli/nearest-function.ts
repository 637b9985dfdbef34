/**
 * What to say where a function's name finds nothing.
 *
 *     await nearestFunction(store, "chekout")   // 'no function "chekout" was recorded: did you mean checkout?'
 *
 * Limits: names of the newest runs count no more than others.
 */
import type { Store } from "../query/index";
import { printable } from "./printable";
import { suggest } from "../options/suggest";

/** The line; null where the name is known, and what was asked has another reason to be empty. */
export async function nearestFunction(
  store: Store,
  name: string | undefined,
): Promise<string | null> {
  if (name === undefined) return null;
  if ((await store.stats({ function: name, limit: 1 })).length > 0) return null;
  const names = [...new Set((await store.stats()).map((each) => each.function))];
  // Of a method its own name is often all that is remembered.
  const own = names.find((each) => each.split(/[.#]/).at(-1) === name);
  const plain = name.replaceAll("*", "");
  const meant = own ?? suggest(plain, names);
  const hint =
    meant === undefined
      ? "breadcrumb top lists those there are, and * stands for any text"
      : `did you mean ${meant}?`;
  return printable(`no function ${JSON.stringify(name)} was recorded: ${hint}`);
}
