import { DatabaseSync, type StatementSync } from "node:sqlite";
import type { Change } from "./collection.ts";

/** Each entry takes the database from the version of its index to the next. Append; never edit one that has shipped. */
const MIGRATIONS: readonly string[] = [
  `CREATE TABLE resource (
     seq INTEGER PRIMARY KEY AUTOINCREMENT,
     kind TEXT NOT NULL, account TEXT NOT NULL, region TEXT NOT NULL, id TEXT NOT NULL,
     value TEXT NOT NULL,
     UNIQUE (kind, account, region, id)
   ) STRICT;
   CREATE TABLE log_event (
     seq INTEGER PRIMARY KEY AUTOINCREMENT,
     account TEXT NOT NULL, region TEXT NOT NULL, log_group TEXT NOT NULL, log_stream TEXT NOT NULL,
     timestamp INTEGER NOT NULL, ingestion_time INTEGER NOT NULL, message TEXT NOT NULL
   ) STRICT;
   CREATE INDEX log_event_by_time ON log_event (account, region, log_group, timestamp, seq);
   CREATE INDEX log_event_by_stream ON log_event (account, region, log_group, log_stream, timestamp, seq);`,
  `CREATE TABLE log_volume (
     account TEXT NOT NULL, region TEXT NOT NULL, log_group TEXT NOT NULL,
     bytes INTEGER NOT NULL, dropped INTEGER NOT NULL DEFAULT 0,
     PRIMARY KEY (account, region, log_group)
   ) STRICT, WITHOUT ROWID;
   INSERT INTO log_volume (account, region, log_group, bytes)
     SELECT account, region, log_group, SUM(OCTET_LENGTH(message) + 26) FROM log_event
     GROUP BY account, region, log_group;`,
  `CREATE TABLE metric (
     id INTEGER PRIMARY KEY,
     account TEXT NOT NULL, region TEXT NOT NULL, namespace TEXT NOT NULL, name TEXT NOT NULL,
     dimensions TEXT NOT NULL, latest INTEGER NOT NULL,
     UNIQUE (account, region, namespace, name, dimensions)
   ) STRICT;
   CREATE TABLE metric_point (
     metric INTEGER NOT NULL, at INTEGER NOT NULL, unit TEXT NOT NULL,
     count REAL NOT NULL, sum REAL NOT NULL, minimum REAL NOT NULL, maximum REAL NOT NULL, counts TEXT,
     PRIMARY KEY (metric, at, unit)
   ) STRICT, WITHOUT ROWID;
   CREATE INDEX metric_point_by_time ON metric_point (at);`,
];

/** The version of the schema that this program writes. */
const SCHEMA_VERSION = MIGRATIONS.length;

/**
 * Brings the schema up to date, one version a transaction.
 * @throws Error where the file was written by a newer version of the program: it is left untouched
 */
function migrate(sql: DatabaseSync): void {
  const { user_version: version } = sql.prepare("PRAGMA user_version").get() as {
    user_version: number;
  };
  if (version > SCHEMA_VERSION) {
    throw new Error(
      `the data was written by a newer version (schema ${version}; this one knows ${SCHEMA_VERSION}): update the workbook, or use another data directory`,
    );
  }
  for (const [index, statements] of MIGRATIONS.entries()) {
    if (index < version) continue;
    sql.exec(`BEGIN IMMEDIATE; ${statements} PRAGMA user_version = ${index + 1}; COMMIT;`);
  }
}

/** A stored resource as its row has it. */
export interface ResourceRow {
  kind: string;
  account: string;
  region: string;
  id: string;
  /** JSON. */
  value: string;
}

/**
 * The file behind the store: SQLite in WAL mode. `synchronous=NORMAL` keeps every commit through the death of the
 * process (the pages are with the operating system); a power cut may lose the last ones, but never tears one.
 * https://www.sqlite.org/pragma.html#pragma_synchronous
 */
export class Database {
  readonly sql: DatabaseSync;
  /** What owners of tables want written together with the store's transaction under way. */
  #deferred: DeferredWrite[] | undefined;
  readonly #upsert: StatementSync;
  readonly #delete: StatementSync;

  private constructor(sql: DatabaseSync) {
    this.sql = sql;
    this.#upsert = sql.prepare(
      `INSERT INTO resource (kind, account, region, id, value) VALUES (?, ?, ?, ?, ?)
       ON CONFLICT (kind, account, region, id) DO UPDATE SET value = excluded.value`,
    );
    this.#delete = sql.prepare(
      "DELETE FROM resource WHERE kind = ? AND account = ? AND region = ? AND id = ?",
    );
  }

  /** @param file a path, or `:memory:` */
  static open(file: string): Database {
    const sql = new DatabaseSync(file);
    try {
      sql.exec(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA busy_timeout = 5000;",
      );
      migrate(sql);
      // Its owner asks for it later, when the server answers already.
      sql.prepare("SELECT message FROM log_event LIMIT 0").all();
      return new Database(sql);
    } catch (error) {
      sql.close();
      throw error;
    }
  }

  /** All resources, in the order in which they were created. */
  resources(): ResourceRow[] {
    return this.sql
      .prepare("SELECT kind, account, region, id, value FROM resource ORDER BY seq")
      .all() as unknown as ResourceRow[];
  }

  /** Lets {@link write} wait for the commit of the store's transaction. */
  begin(): void {
    this.#deferred = [];
  }

  /** Where {@link rollBack} may go back to. */
  mark(): number {
    return this.#deferred?.length ?? 0;
  }

  /** Forgets what has been deferred since `mark`. */
  rollBack(mark: number): void {
    this.#deferred?.splice(mark);
  }

  /** Whether an owner waits for the store's transaction. */
  get hasDeferred(): boolean {
    return (this.#deferred?.length ?? 0) > 0;
  }

  /** The store's transaction is over. */
  end(): void {
    this.#deferred = undefined;
  }

  /**
   * Writes to an owner's own table: together with the store's transaction under way, or at once where there is none.
   * @param committed called when it is on disk
   */
  write(work: () => void, committed: () => void = () => {}): void {
    if (this.#deferred) return void this.#deferred.push({ work, committed });
    this.transaction(work);
    committed();
  }

  /** Writes all of `changes`, and what was deferred, or none. @returns whom to tell of it */
  commit(changes: readonly Change[]): (() => void)[] {
    const deferred = this.#deferred ?? [];
    if (changes.length + deferred.length === 0) return [];
    this.transaction(() => {
      for (const { change, renewed } of lastPerResource(changes)) {
        const { kind, account, region, id, after } = change;
        if (!after || renewed) this.#delete.run(kind, account, region, id);
        if (after) this.#upsert.run(kind, account, region, id, JSON.stringify(after));
      }
      for (const { work } of deferred) work();
    });
    return deferred.map(({ committed }) => committed);
  }

  /** Runs `work` inside one SQL transaction. */
  transaction<R>(work: () => R): R {
    this.sql.exec("BEGIN IMMEDIATE");
    try {
      const result = work();
      this.sql.exec("COMMIT");
      return result;
    } catch (error) {
      if (this.sql.isTransaction) this.sql.exec("ROLLBACK");
      throw error;
    }
  }

  close(): void {
    this.sql.close();
  }
}

interface DeferredWrite {
  readonly work: () => void;
  readonly committed: () => void;
}

/**
 * A transaction may put one resource several times; only the last value reaches the disk. One that was deleted in between
 * is `renewed`: it goes to the end, where it is in memory.
 */
function lastPerResource(
  changes: readonly Change[],
): Iterable<{ change: Change; renewed: boolean }> {
  const last = new Map<string, { change: Change; renewed: boolean }>();
  for (const change of changes) {
    const key = `${change.kind}\n${change.account}\n${change.region}\n${change.id}`;
    const before = last.get(key);
    const isNew = before !== undefined && before.change.after === undefined;
    if (isNew) last.delete(key);
    last.set(key, { change, renewed: isNew || (before?.renewed ?? false) });
  }
  return last.values();
}
