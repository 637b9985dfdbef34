/**
 * The store that a server answers from, opened by the first question: there may be none yet.
 *
 *     const access = new StoreAccess({ dir: undefined, project });
 *     const store = await access.open();   // throws BC_ERR_STORE_MISSING until something was recorded
 */
import { openStore, type Store } from "../query/index";
import { storeFolder } from "../options/normalize";

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
  #store: Store | undefined;

  constructor(place: StorePlace) {
    this.#place = place;
  }

  /** Where recordings go, whether or not there is one. */
  get folder(): string {
    const { dir, project } = this.#place;
    return this.#store?.dir ?? storeFolder(dir, project, process.env["BREADCRUMB_DIR"]);
  }

  /** The store. Throws `BC_ERR_STORE_MISSING` and what else opening throws. */
  async open(): Promise<Store> {
    this.#store ??= await openStore(this.folder);
    return this.#store;
  }

  /** Ends the database. */
  async close(): Promise<void> {
    await this.#store?.close();
  }
}
