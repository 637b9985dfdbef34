/**
 * Tells a client that what it subscribed to has news.
 *
 *     subscriptions.add("breadcrumb://run/latest");
 *
 * Looks at the store's summaries every `POLL_MS` while somebody has subscribed or asked for the list,
 * so a notification comes at most a look after the rows, however many there are, and costs the traced
 * programs nothing. Limits: `MAX_SUBSCRIPTIONS` addresses; a trace or function may be told of without
 * news of its own.
 */
import { BreadcrumbError } from "../errors";
import type { StoreChange } from "../query/index";
import { type Address, parseAddress } from "./resources";
import type { StoreAccess } from "./store-access";

const MAX_SUBSCRIPTIONS = 200;
const POLL_MS = 250;

/** Where notifications go. */
export interface Listener {
  /** The resource has news. */
  readonly updated: (uri: string) => Promise<void>;
  /** There are others. */
  readonly listChanged: () => Promise<void>;
}

/** See the file. */
export class Subscriptions {
  readonly #addresses = new Map<string, Address>();
  readonly #access: StoreAccess;
  readonly #listener: Listener;
  readonly #stop = new AbortController();
  #isWatching = false;

  constructor(access: StoreAccess, listener: Listener) {
    this.#access = access;
    this.#listener = listener;
  }

  /** Subscribes. Throws `BC_ERR_BAD_OPTION`. */
  add(uri: string): void {
    const address = parseAddress(uri);
    if (this.#addresses.size >= MAX_SUBSCRIPTIONS && !this.#addresses.has(uri)) {
      throw new BreadcrumbError(
        "BC_ERR_BAD_OPTION",
        `there are ${MAX_SUBSCRIPTIONS} subscriptions: end one before another begins`,
      );
    }
    this.#addresses.set(uri, address);
    this.watch();
  }

  /** Ends a subscription. */
  remove(uri: string): void {
    this.#addresses.delete(uri);
  }

  /** Begins to look; list changes are told from now on. */
  watch(): void {
    if (this.#isWatching) return;
    this.#isWatching = true;
    // A store that breaks meanwhile is told of by the next question.
    this.#follow().catch(() => {
      this.#isWatching = false;
    });
  }

  /** Ends everything. */
  close(): void {
    this.#addresses.clear();
    this.#stop.abort();
  }

  async #follow(): Promise<void> {
    const { signal } = this.#stop;
    const early = await this.#access.openIfThere();
    const store = early ?? (await this.#access.whenThere(signal));
    if (!store) return;
    if (!early) {
      for (const uri of this.#addresses.keys()) await this.#listener.updated(uri);
      await this.#listener.listChanged();
    }
    for await (const change of store.changes({ pollMs: POLL_MS, signal })) await this.#tell(change);
  }

  async #tell(change: StoreChange): Promise<void> {
    for (const [uri, address] of this.#addresses) {
      if (touches(change, address)) await this.#listener.updated(uri);
    }
    if (change.hasNewRuns) await this.#listener.listChanged();
  }
}

function touches(change: StoreChange, { kind, id }: Address): boolean {
  if (kind === "run") return change.touchesRun(id);
  return kind === "trace" ? change.mayTouchTrace(id) : change.mayTouchFunction(id);
}
