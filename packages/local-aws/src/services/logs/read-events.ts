import { Slices } from "../../clock/slices.ts";
import type { Handlers } from "../../protocol/typed.ts";
import type { Scope, Store } from "../../store/store.ts";
import type { CallContext } from "../service.ts";
import { parseFilterPattern } from "./filter-pattern/filter-pattern.ts";
import { expiryOf, groupNameOf, needGroup, needStream, streamsOf } from "./find.ts";
import { LogEvents, type LogEventQuery, type Position } from "./log-events.ts";
import { EVENT_OVERHEAD_BYTES } from "./log-volume.ts";
import type { LogEvent } from "./state.ts";
import { exclusive, invalidToken, streamMissing } from "./faults.ts";

const MAX_EVENTS = 10_000;
/** An answer ends at this size, as AWS's do. */
const MAX_ANSWER_BYTES = 1_048_576;
/** So many rows are looked at in one call of FilterLogEvents; where nothing was found the caller goes on with the token. */
const MAX_SCANNED = 200_000;
/** What is read at a time while looking. */
const SCAN_ROWS = 500;
const SCAN_BYTES = 1_048_576;

export const readEventHandlers: Handlers<
  typeof import("@aws-sdk/client-cloudwatch-logs"),
  CallContext
> = {
  GetLogEvents: (input, { store, cloud, clock }) => {
    const group = groupNameOf(store, input);
    needStream(store, group, input.logStreamName);
    const token = input.nextToken === undefined ? undefined : parseStreamToken(input.nextToken);
    const newestFirst = token ? token.backward : !input.startFromHead;
    const { account, region } = store;
    const rows = cloud.owner(LogEvents).read({
      account,
      region,
      group,
      stream: input.logStreamName,
      from: Math.max(input.startTime ?? 0, expiryOf(needGroup(store, group), clock.now())),
      // GetLogEvents leaves out what happened at endTime; FilterLogEvents does not.
      to: (input.endTime ?? Number.MAX_SAFE_INTEGER) - 1,
      past: token?.position,
      newestFirst,
      limit: input.limit ?? MAX_EVENTS,
      maxBytes: MAX_ANSWER_BYTES,
    });
    const taken = withinAnswer(rows);
    const events = newestFirst ? taken.toReversed() : taken;
    return {
      events: events.map(({ timestamp, message, ingestionTime }) => ({
        timestamp,
        message,
        ingestionTime,
      })),
      // At an end of the stream, a caller gets the token that it came with.
      nextForwardToken: streamToken("f", events.at(-1) ?? token?.position ?? START),
      nextBackwardToken: streamToken("b", events[0] ?? token?.position ?? START),
    };
  },
};

/** Looking through many events takes long: others get their turn meanwhile. */
export const searchEventHandlers: Handlers<
  typeof import("@aws-sdk/client-cloudwatch-logs"),
  CallContext
> = {
  FilterLogEvents: async (input, { store, cloud, clock }) => {
    const group = groupNameOf(store, input);
    const expiry = expiryOf(needGroup(store, group), clock.now());
    const streams = wantedStreams(store, group, input);
    const matches = parseFilterPattern(input.filterPattern ?? "");
    const token = input.nextToken === undefined ? undefined : parseScanToken(input.nextToken);
    const { account, region } = store;
    const scan = await scanEvents(
      cloud,
      {
        account,
        region,
        group,
        // One stream has an index of its own.
        stream: streams?.size === 1 ? [...streams][0] : undefined,
        from: Math.max(input.startTime ?? 0, expiry),
        to: input.endTime ?? Number.MAX_SAFE_INTEGER,
        past: token?.position,
        newestFirst: token ? token.newestFirst : input.startFromHead === false,
        limit: input.limit ?? MAX_EVENTS,
      },
      (event) => (streams === undefined || streams.has(event.stream)) && matches(event.message),
    );
    return {
      events: scan.events.map(({ seq, stream, timestamp, message, ingestionTime }) => ({
        logStreamName: stream,
        timestamp,
        message,
        ingestionTime,
        eventId: digits({ timestamp, seq }),
      })),
      searchedLogStreams: [],
      nextToken: scan.nextToken,
    };
  },
};

const START: Position = { timestamp: 0, seq: 0 };

/** The names of the streams to search; undefined for all. */
function wantedStreams(
  store: Scope,
  group: string,
  input: { logStreamNames?: string[] | undefined; logStreamNamePrefix?: string | undefined },
): ReadonlySet<string> | undefined {
  const { logStreamNames: names, logStreamNamePrefix: prefix } = input;
  if (names !== undefined && prefix !== undefined)
    throw exclusive("logStreamNames", "logStreamNamePrefix");
  if (names === undefined && prefix === undefined) return undefined;
  const all = streamsOf(store, group).map(({ name }) => name);
  if (prefix !== undefined) return new Set(all.filter((name) => name.startsWith(prefix)));
  if (names!.some((name) => !all.includes(name))) throw streamMissing();
  return new Set(names);
}

/** Reads on until the answer is full, everything has been seen, or enough has been looked at for one call. */
async function scanEvents(
  cloud: Store,
  query: LogEventQuery,
  matches: (event: LogEvent) => boolean,
): Promise<{ events: LogEvent[]; nextToken: string | undefined }> {
  const events: LogEvent[] = [];
  const slices = new Slices();
  let { past } = query;
  let bytes = 0;
  let scanned = 0;
  const token = (position: Position) => scanToken(position, query.newestFirst ?? false);
  while (scanned < MAX_SCANNED) {
    const part = { ...query, past, limit: SCAN_ROWS, maxBytes: SCAN_BYTES };
    const rows = cloud.owner(LogEvents).read(part);
    if (rows.length === 0) return { events, nextToken: undefined };
    for (const row of rows) {
      await slices.next();
      if (matches(row)) {
        bytes += sizeOf(row);
        // The first always fits, or a caller would never get past it.
        if (events.length > 0 && bytes > MAX_ANSWER_BYTES)
          return { events, nextToken: token(events.at(-1)!) };
        events.push(row);
      }
      past = row;
      scanned++;
      if (events.length >= query.limit) return { events, nextToken: token(row) };
    }
  }
  return { events, nextToken: token(past!) };
}

function withinAnswer(rows: readonly LogEvent[]): readonly LogEvent[] {
  let bytes = 0;
  const end = rows.findIndex((row, index) => {
    bytes += sizeOf(row);
    return index > 0 && bytes > MAX_ANSWER_BYTES;
  });
  return end === -1 ? rows : rows.slice(0, end);
}

function sizeOf({ message }: LogEvent): number {
  return Buffer.byteLength(message) + EVENT_OVERHEAD_BYTES;
}

/** A position as 56 digits, which is the form that AWS's own ids and tokens have. */
function digits({ timestamp, seq }: Position): string {
  return `${String(timestamp).padStart(26, "0")}${String(seq).padStart(30, "0")}`;
}

function parseDigits(text: string): Position {
  return { timestamp: Number(text.slice(0, 26)), seq: Number(text.slice(26)) };
}

function streamToken(direction: "f" | "b", position: Position): string {
  return `${direction}/${digits(position)}/s`;
}

function parseStreamToken(token: string): { backward: boolean; position: Position } {
  const match = /^([fb])\/(\d{56})\/s$/.exec(token);
  if (!match) throw invalidToken();
  return { backward: match[1] === "b", position: parseDigits(match[2]!) };
}

function scanToken(position: Position, newestFirst: boolean): string {
  return encodeToken(`${newestFirst ? "n" : "o"}${digits(position)}`);
}

function parseScanToken(token: string): { newestFirst: boolean; position: Position } {
  const match = /^([no])(\d{56})$/.exec(decodeToken(token));
  if (!match) throw invalidToken();
  return { newestFirst: match[1] === "n", position: parseDigits(match[2]!) };
}

function encodeToken(value: string): string {
  return Buffer.from(value).toString("base64url");
}

/** @throws AwsError `InvalidParameterException` */
function decodeToken(token: string): string {
  const value = Buffer.from(token, "base64url").toString();
  if (value === "" || encodeToken(value) !== token) throw invalidToken();
  return value;
}
