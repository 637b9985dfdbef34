/**
 * The `load` hook for Node before `registerHooks`: it runs on Node's own thread for hooks, where
 * the addon is loaded once more and shares the process-wide tables.
 */
import { native } from "../native/load";
import { withProbes } from "./modules";
import { onFirstFile } from "./transform";

type Next = (url: string, context: unknown) => Promise<Parameters<typeof withProbes>[1]>;

onFirstFile(() => {
  try {
    native.start();
    return true;
  } catch {
    // The main thread says so when it needs the recording itself.
    return false;
  }
});

/** Node's hook. */
export async function load(
  url: string,
  context: unknown,
  next: Next,
): Promise<Parameters<typeof withProbes>[1]> {
  return withProbes(url, await next(url, context));
}
