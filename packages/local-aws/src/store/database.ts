import { DatabaseSync, type StatementSync } from "node:sqlite";
import type { Change } from "./collection.ts";
import { migrate } from "./migrations.ts";

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

  /** Writes all of `changes`, or none. */
  commit(changes: readonly Change[]): void {
    if (changes.length === 0) return;
    this.transaction(() => {
      for (const { kind, account, region, id, after } of lastPerResource(changes)) {
        if (after) this.#upsert.run(kind, account, region, id, JSON.stringify(after));
        else this.#delete.run(kind, account, region, id);
      }
    });
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

/** A transaction may put one resource several times; only the last value reaches the disk. */
function lastPerResource(changes: readonly Change[]): Iterable<Change> {
  const last = new Map<string, Change>();
  for (const change of changes)
    last.set(`${change.kind}\n${change.account}\n${change.region}\n${change.id}`, change);
  return last.values();
}
