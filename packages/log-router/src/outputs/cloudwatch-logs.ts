import { AwsCallError, type AwsCalls } from "../aws/aws-calls.ts";
import type { Settings } from "../config/settings.ts";
import { asText, milliseconds, valueAt, type LogEvent } from "../event.ts";
import { say } from "../log.ts";
import { toJson } from "./json.ts";
import type { Output } from "./output.ts";

/** Of one call. https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutLogEvents.html */
const MAX_BYTES = 1_048_576;
const MAX_EVENTS = 10_000;
const EVENT_OVERHEAD = 26;

const PROPERTIES =
  "region log_group_name log_stream_name log_stream_prefix log_group_template log_stream_template log_key log_format auto_create_group auto_retry_requests log_retention_days endpoint extra_user_agent".split(
    " ",
  );

interface Stream {
  readonly group: string;
  readonly stream: string;
}

interface Message {
  readonly timestamp: number;
  /** As it stands in JSON, between the quotation marks. */
  readonly text: string;
}

/**
 * Brings events to CloudWatch Logs, and makes streams, and groups where it is told to.
 * @see https://docs.fluentbit.io/manual/pipeline/outputs/cloudwatch
 */
export function cloudWatchLogs(settings: Settings, calls: AwsCalls): Output {
  settings.allow(PROPERTIES);
  const group = settings.required("log_group_name");
  const name = settings.get("log_stream_name");
  const prefix = settings.get("log_stream_prefix");
  if ((name === undefined) === (prefix === undefined))
    settings.fail("Either 'log_stream_name' or 'log_stream_prefix' is required");
  const region = settings.required("region");
  const key = settings.get("log_key");
  const endpoint = calls.endpoint("logs", region, settings.get("endpoint"));
  const call = async (operation: string, body: string) => {
    const headers = {
      "content-type": "application/x-amz-json-1.1",
      "x-amz-target": `Logs_20140328.${operation}`,
    };
    const request = { method: "POST", headers, body };
    return calls.send(`${endpoint}/`, request, { service: "logs", region });
  };
  const streams = new Streams(settings, (operation, input) =>
    call(operation, JSON.stringify(input)),
  );
  const groupOf = template(settings, "log_group_template");
  const streamOf = template(settings, "log_stream_template");
  const placeOf = (tag: string, event: LogEvent): Stream => ({
    group: groupOf(tag, event) ?? group,
    stream: streamOf(tag, event) ?? name ?? `${prefix}${tag}`,
  });
  const flush = async (tag: string, events: readonly LogEvent[]) => {
    const places = Map.groupBy(events, (event) => JSON.stringify(placeOf(tag, event)));
    for (const [place, own] of places) {
      const { group: logGroupName, stream: logStreamName } = JSON.parse(place) as Stream;
      await streams.make({ group: logGroupName, stream: logStreamName });
      const messages = own.flatMap((event) => toMessage(settings, key, event));
      for (const logEvents of batches(messages))
        await call("PutLogEvents", putBody(logGroupName, logStreamName, logEvents));
    }
  };
  return {
    flush: async (tag, events) => {
      try {
        await flush(tag, events);
      } catch (error) {
        say("error", `[${settings.owner}] ${described(error)}`);
        say("error", `[${settings.owner}] Failed to send log events`);
        throw error;
      }
    },
  };
}

const described = (error: unknown) =>
  error instanceof AwsCallError
    ? `API responded with error='${error.code}', message='${error.message}'`
    : (error as Error).message;

/** Streams that are known to be there. */
class Streams {
  readonly #settings: Settings;
  readonly #call: (operation: string, input: unknown) => Promise<string>;
  readonly #made = new Set<string>();

  constructor(settings: Settings, call: (operation: string, input: unknown) => Promise<string>) {
    this.#settings = settings;
    this.#call = call;
  }

  async make({ group, stream }: Stream): Promise<void> {
    const key = `${group} ${stream}`;
    if (this.#made.has(key)) return;
    const { owner } = this.#settings;
    say("info", `[${owner}] Creating log stream ${stream} in log group ${group}`);
    try {
      await this.#create({ group, stream });
      say("info", `[${owner}] Created log stream ${stream}`);
    } catch (error) {
      if (!isNamed(error, "ResourceAlreadyExistsException")) throw error;
      say("info", `[${owner}] Log Stream ${stream} already exists`);
    }
    this.#made.add(key);
  }

  async #create({ group, stream }: Stream): Promise<void> {
    const input = { logGroupName: group, logStreamName: stream };
    try {
      await this.#call("CreateLogStream", input);
    } catch (error) {
      if (!isNamed(error, "ResourceNotFoundException")) throw error;
      const { owner } = this.#settings;
      if (!this.#settings.flag("auto_create_group", false)) {
        say("error", `[${owner}] Log Group ${group} not found and \`auto_create_group\` disabled.`);
        throw error;
      }
      say("info", `[${owner}] Log Group ${group} not found. Will attempt to create it.`);
      await this.#createGroup(group);
      await this.#call("CreateLogStream", input);
    }
  }

  async #createGroup(logGroupName: string): Promise<void> {
    try {
      await this.#call("CreateLogGroup", { logGroupName });
    } catch (error) {
      if (!isNamed(error, "ResourceAlreadyExistsException")) throw error;
    }
    const retentionInDays = this.#settings.number("log_retention_days", 0);
    if (retentionInDays > 0)
      await this.#call("PutRetentionPolicy", { logGroupName, retentionInDays });
  }
}

const isNamed = (error: unknown, code: string) =>
  error instanceof AwsCallError && error.code === code;

/**
 * Reads `$ecs_cluster.$kubernetes['pod']`: what makes a name of a record; undefined where a field is missing, so that the other name goes.
 * Behind a field come a dot, a comma or the end: all else is of its name.
 * @throws ConfigError
 */
function template(settings: Settings, property: string) {
  const text = settings.get(property);
  const field = /\$([^.,$[\s]+)((?:\['[^']+'\])*)/g;
  if (text !== undefined && /\$(?![^.,$[\s])|[^.,]\$/.test(text.replace(/^[^$]*/, "")))
    settings.fail(`Could not parse \`${property}\``);
  return (tag: string, { record }: LogEvent): string | undefined => {
    let isWhole = text !== undefined;
    const name = text?.replaceAll(field, (accessor) => {
      const value = accessor === "$TAG" ? tag : valueAt(record, accessor);
      isWhole &&= value !== undefined;
      return asText(value ?? "");
    });
    return isWhole ? name : undefined;
  };
}

function toMessage(
  settings: Settings,
  key: string | undefined,
  { time, record }: LogEvent,
): Message[] {
  const value = key === undefined ? toJson(record) : valueAt(record, key);
  if (value === undefined) {
    say("error", `[${settings.owner}] Could not find log_key '${key}' in record`);
    return [];
  }
  // What a key has that is no text loses its first and last letter here as well: Fluent Bit takes them for quotation marks.
  const text = toJson(value).slice(1, -1);
  return text === "" ? [] : [{ timestamp: milliseconds(time), text }];
}

function putBody(group: string, stream: string, messages: readonly Message[]): string {
  const events = messages.map(
    ({ timestamp, text }) => `{"timestamp":${timestamp},"message":"${text}"}`,
  );
  return `{"logGroupName":${JSON.stringify(group)},"logStreamName":${JSON.stringify(stream)},"logEvents":[${events.join(",")}]}`;
}

/** In the order of their times, as many as one call takes. */
function* batches(messages: readonly Message[]): Generator<Message[]> {
  let batch: Message[] = [];
  let bytes = 0;
  for (const each of messages.toSorted((a, b) => a.timestamp - b.timestamp)) {
    const size = Buffer.byteLength(each.text) + EVENT_OVERHEAD;
    if (batch.length > 0 && (bytes + size > MAX_BYTES || batch.length === MAX_EVENTS)) {
      yield batch;
      batch = [];
      bytes = 0;
    }
    batch.push(each);
    bytes += size;
  }
  if (batch.length > 0) yield batch;
}
