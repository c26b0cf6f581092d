import type { InputLogEvent } from "@aws-sdk/client-cloudwatch-logs";
import type { Handlers } from "../../protocol/typed.ts";
import type { CallContext } from "../service.ts";
import { expiryOf, needGroup, needStream } from "./find.ts";
import { LogEvents } from "./log-events.ts";
import { EVENT_OVERHEAD_BYTES } from "./log-volume.ts";
import { SEQUENCE_TOKEN } from "./streams.ts";
import { batchSpansTooLong, notChronological, uploadTooLarge } from "./faults.ts";

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutLogEvents.html */
const MAX_BATCH_BYTES = 1_048_576;
const DAY_MS = 86_400_000;
const MAX_FUTURE_MS = 2 * 3_600_000;
const MAX_PAST_MS = 14 * DAY_MS;

export const putEventHandlers: Handlers<
  typeof import("@aws-sdk/client-cloudwatch-logs"),
  CallContext
> = {
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
