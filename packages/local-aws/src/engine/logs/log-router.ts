import { randomUUID } from "node:crypto";
import type { Clock, Timer } from "../../clock/clock.ts";
import { AwsError } from "../../protocol/aws-error.ts";
import { expiryOf, streamKey } from "../../services/logs/find.ts";
import { createLogGroup } from "../../services/logs/groups.ts";
import { LogEvents } from "../../services/logs/log-events.ts";
import type { LogStorage } from "../../services/logs/log-volume.ts";
import { logGroups, logStreams, type StreamPlace } from "../../services/logs/state.ts";
import { createLogStream } from "../../services/logs/streams.ts";
import { isDiskFull } from "../../ground/disk-full.ts";
import type { Scope, Store } from "../../store/store.ts";
import type { EnginePart } from "../engine.ts";
import type { Logger } from "../../ground/logger.ts";
import type { LogRouter, LogSink, LogSinkRequest } from "./log-sink.ts";
import { parseAwslogsOptions, type AwslogsOptions } from "./awslogs-options.ts";
import type { ConnectLog } from "./log-connections.ts";
import { callFailed, LoggerArgsError, unsupportedDriver } from "./reasons.ts";
import { EventSink, type Emit } from "./event-sink.ts";

/** A line is on disk this long after it was written; a reader sees it at once. */
const FLUSH_MS = 100;
/** How soon it is tried again where the disk is full. */
const RETRY_MS = 1_000;
/** How often events past their group's retention are removed. Readers do not see them in any case. */
const EXPIRY_MS = 3_600_000;

interface LogRouterParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly logger: Logger;
  /** What all log events may take up. */
  readonly maxBytes: number;
  /** Absent where tasks are no containers. */
  readonly connect?: ConnectLog | undefined;
}

/** Nothing is kept. On an instance `json-file` is a file there, for those who log in to it. */
const NOWHERE: LogSink = { write: () => {}, close: async () => {} };

/** Takes what containers write to where their log configuration says. */
export class CloudWatchLogRouter implements LogRouter, EnginePart {
  readonly name = "logs";
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #events: LogEvents;
  readonly #logger: Logger;
  readonly #connect: ConnectLog | undefined;
  /** Resolves when there is room on the disk again; undefined while there is. */
  #room: PromiseWithResolvers<void> | undefined;
  #flushTimer: Timer | undefined;
  #expiryTimer: Timer | undefined;

  constructor({ store, clock, logger, maxBytes, connect }: LogRouterParts) {
    this.#logger = logger;
    this.#connect = connect;
    this.#store = store;
    this.#clock = clock;
    this.#events = store.owner(LogEvents);
    this.#events.keepWithin(maxBytes);
  }

  async start(): Promise<void> {
    this.#expire();
  }

  async stop(): Promise<void> {
    this.#room?.resolve();
    this.#flushTimer?.cancel();
    this.#expiryTimer?.cancel();
    this.#flush();
  }

  /** Facts for `health` and `status`. */
  describe(): LogStorage {
    return this.#events.storage();
  }

  async open(request: LogSinkRequest): Promise<LogSink> {
    const { logDriver, options: given = {} } = request.logConfiguration ?? {};
    if (logDriver === undefined || logDriver === "json-file") return NOWHERE;
    if (logDriver === "awsfirelens" || logDriver === "fluentd") {
      const { openFluentd } = await import("./fluentd/open-fluentd.ts");
      return openFluentd(request, { clock: this.#clock, connect: this.#connect });
    }
    if (logDriver !== "awslogs") throw new LoggerArgsError(unsupportedDriver(logDriver));
    const options = parseAwslogsOptions(given);
    const stream = streamName(request, options);
    const scope = this.#store.scope(request.account, options.region);
    this.#store.record(() => this.#prepare(scope, options, stream));
    const { account, region } = scope;
    const place = { account, region, group: options.group, stream };
    return new EventSink(this.#clock, options.eventStart, this.#emitter(scope, place, options));
  }

  /** Opens a stream by its name, for what is no container's output. @throws LoggerArgsError where the group is not there */
  openStream({ account, region, group, stream }: StreamPlace): LogSink {
    const options = parseAwslogsOptions({ "awslogs-group": group, "awslogs-region": region });
    const scope = this.#store.scope(account, region);
    this.#store.record(() => this.#prepare(scope, options, stream));
    const place = { account, region, group, stream };
    return new EventSink(this.#clock, undefined, this.#emitter(scope, place, options));
  }

  /** Makes what is missing, as the driver does when it starts. */
  #prepare(scope: Scope, options: AwslogsOptions, stream: string): void {
    const { group } = options;
    const now = this.#clock.now();
    if (options.createGroup && !scope.of(logGroups).has(group))
      calling("CreateLogGroup", () => createLogGroup(scope, group, now));
    if (!scope.of(logStreams).has(streamKey(group, stream)))
      calling("CreateLogStream", () => createLogStream(scope, group, stream, now));
  }

  /** Where the stream has been deleted meanwhile, AWS refuses the events, and the driver drops them. */
  #emitter(scope: Scope, place: StreamPlace, { mode, bufferBytes }: AwslogsOptions): Emit {
    const streams = scope.of(logStreams);
    const key = streamKey(place.group, place.stream);
    return (message, timestamp) => {
      if (!streams.has(key)) return undefined;
      const isFull = this.#room !== undefined && this.#events.bufferedBytes > bufferBytes;
      // https://docs.docker.com/engine/logging/configure/#configure-the-delivery-mode-of-log-messages-from-container-to-log-driver
      if (isFull && mode === "non-blocking") return undefined;
      this.#events.buffer({ ...place, timestamp, ingestionTime: this.#clock.now(), message });
      if (this.#events.isBatch && !this.#room) this.#flush();
      this.#flushSoon(FLUSH_MS);
      return isFull ? this.#room?.promise : undefined;
    };
  }

  #flushSoon(ms: number): void {
    this.#flushTimer ??= this.#clock.deadline(ms, () => {
      this.#flushTimer = undefined;
      this.#flush();
    });
  }

  /** Writes what is buffered; where the disk is full it stays, and is tried again. */
  #flush(): void {
    try {
      this.#events.flush();
      this.#room?.resolve();
      this.#room = undefined;
    } catch (error) {
      if (!isDiskFull(error)) throw error;
      if (!this.#room)
        this.#logger.error(
          "the disk is full: what tasks log waits, or is dropped, by its mode",
          error,
        );
      this.#room ??= Promise.withResolvers();
      this.#flushSoon(RETRY_MS);
    }
  }

  #expire(): void {
    const now = this.#clock.now();
    for (const groups of this.#store.all(logGroups)) {
      for (const group of groups.values()) {
        const expiry = expiryOf(group, now);
        if (expiry > 0) this.#events.expire(groups.place, group.name, expiry);
      }
    }
    this.#expiryTimer = this.#clock.idle(EXPIRY_MS, () => this.#expire());
  }
}

/** `prefix/container/task-id`; without a prefix (outside of Fargate) the container's own id. */
const streamName = ({ container }: LogSinkRequest, { streamPrefix }: AwslogsOptions): string =>
  streamPrefix === undefined
    ? container.runtimeId
    : `${streamPrefix}/${container.name}/${container.taskId}`;

/** Words a failure of CloudWatch Logs as it reaches the task. */
function calling(operation: "CreateLogGroup" | "CreateLogStream", call: () => void): void {
  try {
    call();
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    throw new LoggerArgsError(callFailed(operation, randomUUID(), error), { cause: error });
  }
}
