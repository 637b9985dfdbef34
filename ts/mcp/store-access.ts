/**
 * The store that a server answers from, opened by the first question: there may be none yet.
 *
 *     const access = new StoreAccess({ dir: undefined, project });
 *     const store = await access.open();   // throws BC_ERR_STORE_MISSING until something was recorded
 */
import { BreadcrumbError } from "../errors";
import { openStore, type Store } from "../query/index";
import { sleep } from "../query/tail";
import { storeFolder } from "../options/normalize";

/** How often to look whether there is a store by now. */
const POLL_MS = 200;

/** Where it is. */
export interface StorePlace {
  /** Folder that was named; else the nearest `.breadcrumb` from `project` upwards. */
  readonly dir: string | undefined;
  /** Folder of the project. */
  readonly project: string;
}

/** See the file. */
export class StoreAccess {
  readonly #place: StorePlace;
  #opening: Promise<Store> | undefined;

  constructor(place: StorePlace) {
    this.#place = place;
  }

  /** Where recordings go: into the store, or where one will be. */
  async folder(): Promise<string> {
    return (await this.openIfThere())?.dir ?? this.#expected();
  }

  /** The store; null as long as there is none. */
  async openIfThere(): Promise<Store | null> {
    try {
      return await this.open();
    } catch (error) {
      if (error instanceof BreadcrumbError && error.code === "BC_ERR_STORE_MISSING") return null;
      throw error;
    }
  }

  /** The store. Throws `BC_ERR_STORE_MISSING` and what else opening throws. */
  async open(): Promise<Store> {
    // One for all who ask at once; where there is none, the next question looks again.
    this.#opening ??= openStore(this.#expected());
    try {
      return await this.#opening;
    } catch (error) {
      this.#opening = undefined;
      throw error;
    }
  }

  /** The store, once there is one; null where the signal comes first. */
  async whenThere(signal: AbortSignal): Promise<Store | null> {
    while (!signal.aborted) {
      const store = await this.openIfThere();
      if (store) return store;
      await sleep(POLL_MS, signal);
    }
    return null;
  }

  #expected(): string {
    const { dir, project } = this.#place;
    return storeFolder(dir, project, process.env["BREADCRUMB_DIR"]);
  }

  /** Ends the database. */
  async close(): Promise<void> {
    const store = await this.#opening?.catch(() => undefined);
    await store?.close();
  }
}
