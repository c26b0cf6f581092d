import type { LogStream as ApiLogStream } from "@aws-sdk/client-cloudwatch-logs";
import type { Handlers } from "../../protocol/typed.ts";
import type { Scope } from "../../store/store.ts";
import type { CallContext } from "../service.ts";
import { compareNames, groupNameOf, needGroup, needStream, streamKey, streamsOf } from "./find.ts";
import { LogEvents, type StreamTimes } from "./log-events.ts";
import { page } from "./pages.ts";
import { logStreams, type LogStream } from "./state.ts";
import { invalidParameter, orderedPrefix, streamExists } from "./faults.ts";

const DEFAULT_PAGE = 50;

/** The last token that AWS gives out; it stopped to look at them in 2023. */
export const SEQUENCE_TOKEN = "49039859627488219428438485048148000000000000000000000001";

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
      key,
      { nextToken: input.nextToken, limit: input.limit ?? DEFAULT_PAGE },
      input.descending ? (name, last) => name < last : undefined,
    );
    return { logStreams: items.map((one) => describe(one, times.get(one.name))), nextToken };
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
