import type { StatementSync } from "node:sqlite";
import type { Database } from "../../store/database.ts";
import type { Place } from "../../store/collection.ts";
import { isDiskFull } from "../../ground/disk-full.ts";
import { EVENT_OVERHEAD_BYTES, LogVolume, type LogStorage } from "./log-volume.ts";
import type { LogEvent, NewLogEvent, StreamPlace } from "./state.ts";

/** Between two events: after the one with this timestamp and number. */
export interface Position {
  readonly timestamp: number;
  readonly seq: number;
}

/** What to read; bounds are inclusive. */
export interface LogEventQuery extends Place {
  readonly group: string;
  readonly stream?: string;
  readonly from: number;
  readonly to: number;
  /** Only events after it, or before it where `newestFirst`. */
  readonly past?: Position;
  readonly newestFirst?: boolean;
  readonly limit: number;
  /** Reading ends with the event with which the messages, and what AWS counts for each event, come to more. */
  readonly maxBytes?: number;
}

/** What is known of a stream's events. */
export interface StreamTimes {
  readonly firstEvent: number;
  readonly lastEvent: number;
  readonly lastIngestion: number;
}

/** So many buffered events, or characters of them, are written at once, whatever the time. */
const BATCH = 500;
const BATCH_CHARACTERS = 1_048_576;

/**
 * Owns the table of log events. Events that programs write are buffered and written in batches; every question is
 * answered after the buffer has been written, so that a reader sees all that was written before.
 */
export class LogEvents {
  readonly #database: Database;
  readonly #insert: StatementSync;
  readonly #volume: LogVolume;
  readonly #watchers = new Set<(events: readonly NewLogEvent[]) => void>();
  #buffer: NewLogEvent[] = [];
  #bufferedBytes = 0;

  /** Use `store.owner(LogEvents)`. */
  constructor(database: Database) {
    this.#database = database;
    this.#insert = database.sql.prepare(
      `INSERT INTO log_event (account, region, log_group, log_stream, timestamp, ingestion_time, message)
       VALUES (?, ?, ?, ?, ?, ?, ?)`,
    );
    this.#volume = new LogVolume(database);
  }

  /** From now on the oldest events of the largest group go where all of them take up more than `bytes`. */
  keepWithin(bytes: number): void {
    this.#volume.limit = bytes;
  }

  /** What all events of the cloud take up, and what was dropped to keep within the bound. */
  storage(): LogStorage {
    this.#flushForReader();
    return this.#volume.describe();
  }

  /** Takes an event that is written with the next batch: the caller flushes within a tenth of a second. */
  buffer(event: NewLogEvent): void {
    this.#buffer.push(event);
    this.#bufferedBytes += event.message.length;
  }

  /** Whether so much is buffered that it is worth a write, whatever the time. */
  get isBatch(): boolean {
    return this.#buffer.length >= BATCH || this.#bufferedBytes >= BATCH_CHARACTERS;
  }

  /** Writes what is buffered. Where that fails it stays buffered. */
  flush(): void {
    if (this.#buffer.length === 0) return;
    const events = this.#buffer;
    this.#database.transaction(() => this.#insertAll(events));
    this.#buffer = [];
    this.#bufferedBytes = 0;
    this.#tell(events);
  }

  /** How many characters of messages are buffered. */
  get bufferedBytes(): number {
    return this.#bufferedBytes;
  }

  /** Writes events that a call brought, in its transaction. */
  write(events: readonly NewLogEvent[]): void {
    this.flush();
    this.#database.write(
      () => this.#insertAll(events),
      () => this.#tell(events),
    );
  }

  /** In the order of their timestamps, then of their arrival; backwards with `newestFirst`. */
  read(query: LogEventQuery): LogEvent[] {
    this.#flushForReader();
    const [comparison, order] = query.newestFirst ? ["<", "DESC"] : [">", "ASC"];
    const conditions = ["account = ?", "region = ?", "log_group = ?", "timestamp BETWEEN ? AND ?"];
    const values: (string | number)[] = [
      query.account,
      query.region,
      query.group,
      query.from,
      query.to,
    ];
    if (query.stream !== undefined) {
      conditions.push("log_stream = ?");
      values.push(query.stream);
    }
    if (query.past) {
      conditions.push(`(timestamp, seq) ${comparison} (?, ?)`);
      values.push(query.past.timestamp, query.past.seq);
    }
    const rows = this.#database.sql
      .prepare(
        `SELECT seq, log_stream AS stream, timestamp, ingestion_time AS ingestionTime, message FROM log_event
         WHERE ${conditions.join(" AND ")} ORDER BY timestamp ${order}, seq ${order} LIMIT ?`,
      )
      .iterate(...values, query.limit) as unknown as Iterable<LogEvent>;
    return takeBytes(rows, query.maxBytes ?? Infinity);
  }

  /** The events of an account that were written last, in the order in which they were. */
  latest(account: string, limit: number): NewLogEvent[] {
    this.#flushForReader();
    const rows = this.#database.sql
      .prepare(
        `SELECT account, region, log_group AS "group", log_stream AS stream, timestamp,
                ingestion_time AS ingestionTime, message
         FROM log_event WHERE account = ? ORDER BY seq DESC LIMIT ?`,
      )
      .all(account, limit);
    return (rows as unknown as NewLogEvent[]).reverse();
  }

  /** Calls `watcher` with each batch when it has been written; returns how to stop. */
  watch(watcher: (events: readonly NewLogEvent[]) => void): () => void {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  }

  /** Of each stream of a group that has events. */
  streamTimes({ account, region }: Place, group: string): Map<string, StreamTimes> {
    this.#flushForReader();
    const rows = this.#database.sql
      .prepare(
        `SELECT log_stream AS stream, MIN(timestamp) AS firstEvent, MAX(timestamp) AS lastEvent,
                MAX(ingestion_time) AS lastIngestion
         FROM log_event WHERE account = ? AND region = ? AND log_group = ? GROUP BY log_stream`,
      )
      .all(account, region, group) as unknown as (StreamTimes & { stream: string })[];
    return new Map(rows.map(({ stream, ...times }) => [stream, times]));
  }

  /** What a group's events take up, with the 26 bytes that AWS counts for each. */
  storedBytes({ account, region }: Place, group: string): number {
    this.#flushForReader();
    return this.#volume.of({ account, region, group });
  }

  deleteGroup({ account, region }: Place, group: string): void {
    this.flush();
    this.#database.write(() => this.#volume.removeGroup({ account, region, group }));
  }

  deleteStream({ stream, ...place }: StreamPlace): void {
    this.flush();
    this.#database.write(() => this.#volume.remove(place, "log_stream = ?", stream));
  }

  /** Removes a group's events from before `timestamp`. */
  expire({ account, region }: Place, group: string, timestamp: number): void {
    this.flush();
    this.#database.write(() =>
      this.#volume.remove({ account, region, group }, "timestamp < ?", timestamp),
    );
  }

  close(): void {
    this.flush();
  }

  /** What is on disk can be read where nothing can be written any more. */
  #flushForReader(): void {
    try {
      this.flush();
    } catch (error) {
      if (!isDiskFull(error)) throw error;
    }
  }

  #insertAll(events: readonly NewLogEvent[]): void {
    for (const event of events) {
      this.#insert.run(
        event.account,
        event.region,
        event.group,
        event.stream,
        event.timestamp,
        event.ingestionTime,
        event.message,
      );
    }
    this.#volume.written(events);
  }

  #tell(events: readonly NewLogEvent[]): void {
    for (const watcher of this.#watchers) watcher(events);
  }
}

/** Row by row: a page of large events is never in memory as a whole. */
function takeBytes(rows: Iterable<LogEvent>, limit: number): LogEvent[] {
  const taken: LogEvent[] = [];
  let bytes = 0;
  for (const row of rows) {
    taken.push(row);
    bytes += Buffer.byteLength(row.message) + EVENT_OVERHEAD_BYTES;
    if (bytes > limit) break;
  }
  return taken;
}
