/**
 * The text that is evaluated in a process to attach to it.
 *
 *     await client.evaluate(injection({ entry: "/app/dist/attach-target.js", lease: "/dev/shm/…", opened: true }), 1000);
 *
 * What it does it does in a turn of its own: where it is evaluated some other code may be in the middle of something.
 * Limits: Node 20.16 and later (`process.getBuiltinModule`).
 */
import type { attachTo } from "./target";

/** What it is told. */
export interface Injection {
  /** Our code for there. */
  readonly entry: string;
  /** The socket at which we wait. */
  readonly lease: string;
  /** We have opened its inspector: it is shut again, also where we are gone by then. */
  readonly opened: boolean;
}

/** The text. */
export function injection(told: Injection): string {
  return `(${inject.toString()})(${JSON.stringify(told)})`;
}

/** Runs there: nothing of this module is known to it. */
function inject({ entry, lease, opened }: Injection): void {
  const { setImmediate } = process.getBuiltinModule("node:timers");
  setImmediate(() => {
    const key = Symbol.for("breadcrumb-tracer.attach");
    const realm = globalThis as unknown as Record<symbol, { attachTo: typeof attachTo }>;
    try {
      if (realm[key] === undefined) {
        const load = process.getBuiltinModule("node:module").createRequire(entry);
        Object.defineProperty(realm, key, { value: load(entry) });
      }
      realm[key]?.attachTo(lease, opened);
    } catch (error) {
      const socket = process.getBuiltinModule("node:net").connect(lease);
      socket.on("error", () => {});
      socket.unref();
      const { message } = error as Error;
      socket.end(`${JSON.stringify({ error: { code: "BC_ERR_CANNOT_ATTACH", message } })}\n`);
      if (opened) process.getBuiltinModule("node:inspector").close();
    }
  });
}
