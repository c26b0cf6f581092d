import { AWSLOGS_OPTIONS } from "../../services/ecs/log-rules.ts";
import { RE2JS } from "re2js";
import { parseBufferOptions, type BufferOptions } from "./buffer-options.ts";
import type { EventStart } from "./event-sink.ts";
import {
  exclusiveOptions,
  invalidOption,
  LoggerArgsError,
  missingOption,
  unknownOption,
} from "./reasons.ts";

/** What each directive of strftime looks like. https://docs.docker.com/engine/logging/drivers/awslogs/#awslogs-datetime-format */
const DIRECTIVES: Readonly<Record<string, string>> = {
  A: "(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day",
  a: "(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)",
  B: "(?:January|February|March|April|May|June|July|August|September|October|November|December)",
  b: "(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)",
  d: "(?:0[1-9]|[12][0-9]|3[01])",
  f: "\\d{6}",
  H: "(?:[01][0-9]|2[0-3])",
  I: "(?:0[1-9]|1[0-2])",
  j: "(?:0[0-9][1-9]|[12][0-9]{2}|3[0-5][0-9]|36[0-6])",
  L: "\\.\\d{3}",
  M: "[0-5][0-9]",
  m: "(?:0[1-9]|1[0-2])",
  p: "[AP]M",
  S: "[0-5][0-9]",
  w: "[0-6]",
  Y: "\\d{4}",
  y: "\\d{2}",
  Z: "[A-Z]{1,4}T",
  z: "[+-]\\d{4}",
};

/**
 * The regular expression of lines that hold a time in `format`: one itself, in which strftime's directives stand for what they
 * look like (`\[%b %d, %Y %H:%M:%S`). One that is not known stands for nothing, as in the driver.
 * https://github.com/moby/moby/blob/master/daemon/logger/awslogs/cloudwatchlogs.go
 */
const datetimePattern = (format: string): string =>
  format.replaceAll(/%(.)/gu, (_, directive: string) => DIRECTIVES[directive] ?? "");

/** What the driver keeps where nothing is said, on Fargate as well. */
const DEFAULT_BUFFER_SIZE = "10m";

/** The options of the awslogs driver, checked. A buffer matters where the disk is full: until then nothing is held back. */
export interface AwslogsOptions extends BufferOptions {
  readonly group: string;
  readonly region: string;
  /** Absent only outside of Fargate. */
  readonly streamPrefix: string | undefined;
  readonly createGroup: boolean;
  /** Lines that match begin an event; undefined where every line is one. */
  readonly eventStart: EventStart | undefined;
}

/** Bounds of a multiline pattern: what it takes to get ready grows with both. */
const MAX_PATTERN = 4_096;
const MAX_REPETITIONS = 1_000;

const BOOLEANS: Readonly<Record<string, boolean>> = {
  "1": true,
  t: true,
  true: true,
  "0": false,
  f: false,
  false: false,
};

/**
 * Reads a log configuration's options as Docker's driver does.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/specify-log-config.html
 * @throws LoggerArgsError in the driver's words
 */
export function parseAwslogsOptions(options: Readonly<Record<string, string>>): AwslogsOptions {
  const unknown = Object.keys(options).find((option) => !AWSLOGS_OPTIONS.has(option));
  if (unknown !== undefined) throw new LoggerArgsError(unknownOption(unknown));
  return {
    group: required(options, "awslogs-group"),
    region: required(options, "awslogs-region"),
    streamPrefix: options["awslogs-stream-prefix"] || undefined,
    createGroup: createGroup(options["awslogs-create-group"]),
    eventStart: eventStart(options),
    ...parseBufferOptions(options, DEFAULT_BUFFER_SIZE),
  };
}

function required(options: Readonly<Record<string, string>>, option: string): string {
  const value = options[option];
  if (!value) throw new LoggerArgsError(missingOption(option));
  return value;
}

function createGroup(value: string | undefined): boolean {
  if (value === undefined) return false;
  const create = BOOLEANS[value.toLowerCase()];
  if (create === undefined)
    throw new LoggerArgsError(invalidOption("awslogs-create-group", JSON.stringify(value)));
  return create;
}

function eventStart(options: Readonly<Record<string, string>>): EventStart | undefined {
  const format = options["awslogs-datetime-format"];
  const pattern = options["awslogs-multiline-pattern"];
  if (format !== undefined && pattern !== undefined) throw new LoggerArgsError(exclusiveOptions());
  if (format !== undefined) return compile("awslogs-datetime-format", datetimePattern(format));
  return pattern === undefined ? undefined : compile("awslogs-multiline-pattern", pattern);
}

function compile(option: string, pattern: string): EventStart {
  const detail = JSON.stringify(pattern);
  if (pattern.length > MAX_PATTERN || repetitions(pattern) > MAX_REPETITIONS)
    throw new LoggerArgsError(invalidOption(option, detail));
  try {
    // The driver's regular expressions are Go's, which are RE2's: a line takes linear time.
    return RE2JS.compile(pattern);
  } catch (error) {
    throw new LoggerArgsError(invalidOption(option, detail), { cause: error });
  }
}

/** How often the counts of a pattern repeat something, all together: each repetition is a state of its own. */
function repetitions(pattern: string): number {
  const counts = pattern.matchAll(/\{(\d{1,9})(?:,(\d{0,9}))?\}/g);
  return [...counts].reduce(
    (sum, [, min, max]) => sum + Math.max(Number(min), Number(max ?? 0)),
    0,
  );
}
