import type { DatabaseSync } from "node:sqlite";

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
];

/** The version of the schema that this program writes. */
export const SCHEMA_VERSION = MIGRATIONS.length;

/**
 * Brings the schema up to date, one version a transaction.
 * @throws Error where the file was written by a newer version of the program: it is left untouched
 */
export function migrate(sql: DatabaseSync): void {
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
