import type { StatementSync } from "node:sqlite";
import type { Database } from "../../store/database.ts";
import type { Place } from "../../store/collection.ts";

/** What AWS counts for an event beside its message. */
export const EVENT_OVERHEAD_BYTES = 26;

/** Which log group of which account. */
export interface GroupPlace extends Place {
  readonly group: string;
}

/** What the events of all groups take up, and of which groups the oldest were dropped for the sake of a bound. */
export interface LogStorage {
  readonly storedBytes: number;
  readonly maxBytes: number;
  readonly dropped: readonly { readonly logGroup: string; readonly events: number }[];
}

const SIZE = `OCTET_LENGTH(message) + ${EVENT_OVERHEAD_BYTES}`;
const OF_GROUP = "account = ? AND region = ? AND log_group = ?";

/**
 * Counts what the log events of each group take up as they come and go, so that neither a bound nor a description reads
 * them all. Every method is called inside of the transaction that writes the events themselves.
 */
export class LogVolume {
  readonly #database: Database;
  readonly #add: StatementSync;
  /** What all events may take up, in bytes. */
  limit = Infinity;

  constructor(database: Database) {
    this.#database = database;
    this.#add = database.sql.prepare(
      `INSERT INTO log_volume (account, region, log_group, bytes) VALUES (?, ?, ?, ?)
       ON CONFLICT (account, region, log_group) DO UPDATE SET bytes = bytes + excluded.bytes`,
    );
  }

  /** Of one group, in bytes. */
  of({ account, region, group }: GroupPlace): number {
    const row = this.#database.sql
      .prepare(`SELECT bytes FROM log_volume WHERE ${OF_GROUP}`)
      .get(account, region, group) as { bytes: number } | undefined;
    return row?.bytes ?? 0;
  }

  describe(): LogStorage {
    const dropped = this.#database.sql
      .prepare(
        "SELECT log_group AS logGroup, dropped AS events FROM log_volume WHERE dropped > 0 ORDER BY log_group",
      )
      .all() as { logGroup: string; events: number }[];
    // Rows of SQLite have no prototype, which makes them unequal to what they look like.
    const plain = dropped.map(({ logGroup, events }) => ({ logGroup, events }));
    return { storedBytes: this.#total(), maxBytes: this.limit, dropped: plain };
  }

  /** Counts events that have been written, and drops old ones where that makes them too many. */
  written(events: readonly (GroupPlace & { readonly message: string })[]): void {
    const added = new Map<string, { readonly place: GroupPlace; bytes: number }>();
    for (const event of events) {
      const { account, region, group, message } = event;
      const key = `${account}|${region}|${group}`;
      const before = added.get(key) ?? { place: { account, region, group }, bytes: 0 };
      before.bytes += Buffer.byteLength(message) + EVENT_OVERHEAD_BYTES;
      added.set(key, before);
    }
    for (const { place, bytes } of added.values()) this.#count(place, bytes);
    this.#keepWithin();
  }

  /** Removes the events of a group for which `condition` holds; its values are `values`. */
  remove(place: GroupPlace, condition = "TRUE", ...values: (string | number)[]): void {
    const where = `${OF_GROUP} AND ${condition}`;
    const { account, region, group } = place;
    const { bytes } = this.#database.sql
      .prepare(`SELECT COALESCE(SUM(${SIZE}), 0) AS bytes FROM log_event WHERE ${where}`)
      .get(account, region, group, ...values) as { bytes: number };
    if (bytes === 0) return;
    this.#database.sql
      .prepare(`DELETE FROM log_event WHERE ${where}`)
      .run(account, region, group, ...values);
    this.#count(place, -bytes);
  }

  /** Removes a group's events, and what was counted of them. */
  removeGroup({ account, region, group }: GroupPlace): void {
    for (const table of ["log_event", "log_volume"])
      this.#database.sql
        .prepare(`DELETE FROM ${table} WHERE ${OF_GROUP}`)
        .run(account, region, group);
  }

  #count({ account, region, group }: GroupPlace, bytes: number): void {
    this.#add.run(account, region, group, bytes);
  }

  #total(): number {
    const row = this.#database.sql
      .prepare("SELECT COALESCE(SUM(bytes), 0) AS bytes FROM log_volume")
      .get() as { bytes: number };
    return row.bytes;
  }

  /** One group that floods costs the others nothing: what goes is the oldest of the group that takes up most. */
  #keepWithin(): void {
    for (let excess = this.#total() - this.limit; excess > 0;) {
      const largest = this.#database.sql
        .prepare(
          'SELECT account, region, log_group AS "group" FROM log_volume ORDER BY bytes DESC LIMIT 1',
        )
        .get() as unknown as GroupPlace;
      excess -= this.#dropOldest(largest, excess);
    }
  }

  /** @returns how many bytes that freed: about as many as are wanted, or all that the group has */
  #dropOldest(place: GroupPlace, wanted: number): number {
    const { account, region, group } = place;
    const rows = this.#database.sql
      .prepare(
        `SELECT seq, timestamp, ${SIZE} AS bytes FROM log_event WHERE ${OF_GROUP} ORDER BY timestamp, seq`,
      )
      .iterate(account, region, group) as unknown as Iterable<Oldest>;
    let freed = 0;
    let events = 0;
    let last: Oldest | undefined;
    for (const row of rows) {
      freed += row.bytes;
      events++;
      last = row;
      if (freed >= wanted) break;
    }
    if (!last) throw new Error(`${group} has no events, yet ${this.of(place)} bytes are counted`);
    this.#database.sql
      .prepare(`DELETE FROM log_event WHERE ${OF_GROUP} AND (timestamp, seq) <= (?, ?)`)
      .run(account, region, group, last.timestamp, last.seq);
    this.#database.sql
      .prepare(`UPDATE log_volume SET bytes = bytes - ?, dropped = dropped + ? WHERE ${OF_GROUP}`)
      .run(freed, events, account, region, group);
    return freed;
  }
}

interface Oldest {
  readonly seq: number;
  readonly timestamp: number;
  readonly bytes: number;
}
