import type { LogStream as ApiLogStream, InputLogEvent } from "@aws-sdk/client-cloudwatch-logs";
import type { Handlers } from "../../protocol/typed.ts";
import type { Scope } from "../../store/store.ts";
import type { CallContext } from "../service.ts";
import {
  compareNames,
  groupNameOf,
  needGroup,
  needStream,
  streamKey,
  streamsOf,
  expiryOf,
} from "./find.ts";
import { LogEvents, type StreamTimes } from "./log-events.ts";
import { page } from "./pages.ts";
import { logStreams, type LogStream } from "./state.ts";
import {
  invalidParameter,
  orderedPrefix,
  streamExists,
  batchSpansTooLong,
  notChronological,
  uploadTooLarge,
} from "./faults.ts";
import { EVENT_OVERHEAD_BYTES } from "./log-volume.ts";

const DEFAULT_PAGE = 50;

/** The last token that AWS gives out; it stopped to look at them in 2023. */
const SEQUENCE_TOKEN = "49039859627488219428438485048148000000000000000000000001";

export const streamHandlers: Handlers<
  typeof import("@aws-sdk/client-cloudwatch-logs"),
  CallContext
> = {
  CreateLogStream: ({ logGroupName, logStreamName }, { store, clock }) => {
    createLogStream(store, logGroupName, logStreamName, clock.now());
    return {};
  },

  DeleteLogStream: ({ logGroupName, logStreamName }, { store, cloud }) => {
    needStream(store, logGroupName, logStreamName);
    store.of(logStreams).delete(streamKey(logGroupName, logStreamName));
    const { account, region } = store;
    cloud
      .owner(LogEvents)
      .deleteStream({ account, region, group: logGroupName, stream: logStreamName });
    return {};
  },

  DescribeLogStreams: (input, { store, cloud }) => {
    const group = groupNameOf(store, input);
    needGroup(store, group);
    const byTime = input.orderBy === "LastEventTime";
    if (byTime && input.logStreamNamePrefix !== undefined) throw orderedPrefix();
    const times = cloud.owner(LogEvents).streamTimes(store, group);
    const key = ({ name }: LogStream) => (byTime ? timeKey(name, times.get(name)) : name);
    const found = streamsOf(store, group)
      .filter(({ name }) => name.startsWith(input.logStreamNamePrefix ?? ""))
      .toSorted((a, b) => compareNames(key(a), key(b)) * (input.descending ? -1 : 1));
    const { items, nextToken } = page(
      found,
      { nextToken: input.nextToken, limit: input.limit ?? DEFAULT_PAGE },
      `log-streams ${group}`,
      key,
      input.descending,
    );
    return { logStreams: items.map((one) => describe(one, times.get(one.name))), nextToken };
  },

  PutLogEvents: ({ logGroupName, logStreamName, logEvents }, { store, cloud, clock }) => {
    needStream(store, logGroupName, logStreamName);
    checkBatch(logEvents);
    const now = clock.now();
    const expiry = expiryOf(needGroup(store, logGroupName), now);
    const timely = sortByTime(logEvents, now, expiry);
    const { account, region } = store;
    cloud.owner(LogEvents).write(
      timely.accepted.map(({ timestamp, message }) => ({
        account,
        region,
        group: logGroupName,
        stream: logStreamName,
        timestamp: timestamp!,
        ingestionTime: now,
        message: message!,
      })),
    );
    return { nextSequenceToken: SEQUENCE_TOKEN, rejectedLogEventsInfo: timely.rejected };
  },
};

/**
 * Makes a log stream, in the transaction under way; also for the awslogs driver.
 * @throws AwsError `ResourceNotFoundException`, `ResourceAlreadyExistsException`, `InvalidParameterException`
 */
export function createLogStream(store: Scope, groupName: string, name: string, now: number): void {
  const group = needGroup(store, groupName);
  if (/[:*]/.test(name))
    throw invalidParameter(
      `1 validation error detected: Value '${name}' at 'logStreamName' failed to satisfy constraint: Member must satisfy regular expression pattern: [^:*]*`,
    );
  const key = streamKey(groupName, name);
  if (store.of(logStreams).has(key)) throw streamExists();
  const arn = `${group.arn}:log-stream:${name}`;
  store.of(logStreams).put(key, { groupName, name, arn, creationTime: now });
}

/** Streams without events sort before all others. */
function timeKey(name: string, times: StreamTimes | undefined): string {
  return `${String(times?.lastEvent ?? 0).padStart(16, "0")} ${name}`;
}

function describe(stream: Readonly<LogStream>, times: StreamTimes | undefined): ApiLogStream {
  return {
    logStreamName: stream.name,
    creationTime: stream.creationTime,
    firstEventTimestamp: times?.firstEvent,
    lastEventTimestamp: times?.lastEvent,
    lastIngestionTime: times?.lastIngestion,
    uploadSequenceToken: SEQUENCE_TOKEN,
    arn: stream.arn,
    storedBytes: 0,
  };
}

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutLogEvents.html */
const MAX_BATCH_BYTES = 1_048_576;
const DAY_MS = 86_400_000;
const MAX_FUTURE_MS = 2 * 3_600_000;
const MAX_PAST_MS = 14 * DAY_MS;

function checkBatch(events: readonly InputLogEvent[]): void {
  let bytes = 0;
  let last = -Infinity;
  for (const { timestamp, message } of events) {
    bytes += Buffer.byteLength(message!) + EVENT_OVERHEAD_BYTES;
    if (timestamp! < last) throw notChronological();
    last = timestamp!;
  }
  if (bytes > MAX_BATCH_BYTES) throw uploadTooLarge(bytes, MAX_BATCH_BYTES);
  if (last - events[0]!.timestamp! > DAY_MS) throw batchSpansTooLong();
}

/** The events in time, and from where to where the others were: the batch is in the order of time. */
function sortByTime(events: readonly InputLogEvent[], now: number, expiry: number) {
  const before = (limit: number) => {
    const index = events.findIndex(({ timestamp }) => timestamp! >= limit);
    return index === -1 ? events.length : index;
  };
  const tooOld = before(now - MAX_PAST_MS);
  const expired = before(expiry);
  const tooNew = before(now + MAX_FUTURE_MS + 1);
  const rejected =
    tooOld === 0 && expired === 0 && tooNew === events.length
      ? undefined
      : {
          tooOldLogEventEndIndex: tooOld > 0 ? tooOld : undefined,
          expiredLogEventEndIndex: expired > 0 ? expired : undefined,
          tooNewLogEventStartIndex: tooNew < events.length ? tooNew : undefined,
        };
  return { accepted: events.slice(Math.max(tooOld, expired), tooNew), rejected };
}
