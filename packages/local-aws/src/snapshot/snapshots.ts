import type { AccessKey } from "../services/iam/state.ts";
import type { Store } from "../store/store.ts";
import { prepareRestore, type PreparedRestore } from "./restore-snapshot.ts";
import { saveSnapshot } from "./save-snapshot.ts";
import { deleteSnapshot, listSnapshots, type SnapshotSummary } from "./snapshot-folder.ts";

/** What snapshots need of the running cloud. */
export interface SnapshotHost {
  readonly dataDir: string;
  readonly endpoint: string;
  /** The store as it is now: a restore exchanges it. */
  store(): Store;
  /** Keys that a restore keeps. */
  keys(): readonly AccessKey[];
  /** Puts what was prepared in the place of what the cloud holds; where that fails, the cloud is as it was. */
  exchange(prepared: PreparedRestore): Promise<void>;
}

/** The snapshots of a running cloud. One is worked on at a time. */
export class Snapshots {
  readonly #host: SnapshotHost;
  #last: Promise<unknown> = Promise.resolve();

  constructor(host: SnapshotHost) {
    this.#host = host;
  }

  list(): SnapshotSummary[] {
    return listSnapshots(this.#host.dataDir);
  }

  /** Keeps all that the cloud holds, in the place of a snapshot that had this name. @throws {SnapshotError} */
  save(name: string): Promise<SnapshotSummary> {
    const { dataDir, endpoint } = this.#host;
    return this.#alone(async () => {
      await saveSnapshot({ dataDir, endpoint, store: this.#host.store() }, name);
      return this.list().find((each) => each.name === name)!;
    });
  }

  /**
   * Makes the cloud what the snapshot holds: stops its tasks and listeners, and starts those of the snapshot. Calls that
   * come in meanwhile wait.
   * @throws {SnapshotError} where that cannot be; the cloud is as it was
   */
  restore(name: string): Promise<void> {
    const { dataDir, endpoint } = this.#host;
    return this.#alone(async () => {
      const cloud = { dataDir, endpoint, keys: this.#host.keys() };
      await this.#host.exchange(await prepareRestore(cloud, name));
    });
  }

  /** @throws {SnapshotError} where there is none of that name */
  delete(name: string): Promise<void> {
    return this.#alone(async () => deleteSnapshot(this.#host.dataDir, name));
  }

  /** Resolves when nothing is being done with snapshots. */
  async settled(): Promise<void> {
    await this.#last;
  }

  #alone<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#last.then(work);
    // The next in line does not care how this one went.
    this.#last = done.catch(() => {});
    return done;
  }
}
