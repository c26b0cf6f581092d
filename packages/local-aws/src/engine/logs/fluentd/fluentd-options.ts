import { parseBufferOptions, type BufferOptions } from "../buffer-options.ts";
import { LoggerArgsError, unknownDriverOption } from "../reasons.ts";

type Given = Readonly<Record<string, string>>;

/** Where the driver sends to: a socket file, or a port, of the machine that it is on. */
export type FluentdAddress =
  | { readonly path: string }
  | { readonly host: string; readonly port: number };

/** The options of Docker's fluentd driver, checked. A buffer matters where it is not asynchronous: then the container waits for the receiver, or lines are dropped. */
export interface FluentdOptions extends BufferOptions {
  readonly address: FluentdAddress;
  /** Whether a container starts, and goes on, without the receiver. */
  readonly async: boolean;
  /** Only where it does: how many lines wait for the receiver before new ones are dropped. */
  readonly bufferLimit: number;
  readonly retryWaitMs: number;
  readonly maxRetries: number;
  readonly subSecond: boolean;
  readonly requestAck: boolean;
  /** 0 is for ever. */
  readonly writeTimeoutMs: number;
}

const DEFAULT_ADDRESS = "localhost:24224";
const DEFAULT_PORT = 24_224;
const DEFAULT_BUFFER_LIMIT = 1_048_576;
const DEFAULT_RETRY_WAIT_MS = 1000;
const DEFAULT_MAX_RETRIES = 2 ** 32 - 1;
const DEFAULT_BUFFER_SIZE = "1m";

/** What the driver takes here. https://docs.docker.com/engine/logging/drivers/fluentd/ */
const OPTIONS: ReadonlySet<string> = new Set([
  "env",
  "env-regex",
  "fluentd-address",
  "fluentd-async",
  "fluentd-buffer-limit",
  "fluentd-max-retries",
  "fluentd-request-ack",
  "fluentd-retry-wait",
  "fluentd-sub-second-precision",
  "fluentd-write-timeout",
  "labels",
  "labels-regex",
  "max-buffer-size",
  "mode",
  "tag",
]);

/**
 * Reads a log configuration's options as Docker's driver does.
 * https://github.com/moby/moby/blob/master/daemon/logger/fluentd/fluentd.go
 * @throws LoggerArgsError in the driver's words
 */
export function parseFluentdOptions(given: Given): FluentdOptions {
  const unknown = Object.keys(given).find((option) => !OPTIONS.has(option));
  if (unknown !== undefined) throw new LoggerArgsError(unknownDriverOption(unknown, "fluentd"));
  return {
    address: parseAddress(given["fluentd-address"] || DEFAULT_ADDRESS),
    async: boolean(given, "fluentd-async"),
    bufferLimit: number(given, "fluentd-buffer-limit", DEFAULT_BUFFER_LIMIT),
    retryWaitMs: duration(given, "fluentd-retry-wait", DEFAULT_RETRY_WAIT_MS),
    maxRetries: number(given, "fluentd-max-retries", DEFAULT_MAX_RETRIES),
    subSecond: boolean(given, "fluentd-sub-second-precision"),
    requestAck: boolean(given, "fluentd-request-ack"),
    writeTimeoutMs: duration(given, "fluentd-write-timeout", 0),
    ...parseBufferOptions(given, DEFAULT_BUFFER_SIZE),
  };
}

function parseAddress(address: string): FluentdAddress {
  const url = URL.parse(address.includes("://") ? address : `tcp://${address}`);
  const invalid = (why: string) =>
    new LoggerArgsError(`invalid fluentd-address ${JSON.stringify(address)}: ${why}`);
  if (!url) throw invalid("it is no address");
  if (url.protocol === "unix:") {
    if (url.pathname.length < 2) throw invalid("path is empty");
    return { path: url.pathname };
  }
  if (url.protocol !== "tcp:")
    throw invalid(`unsupported scheme: '${url.protocol.replace(":", "")}'`);
  if (url.pathname !== "" && url.pathname !== "/")
    throw invalid("should not contain a path element");
  return { host: url.hostname || "localhost", port: Number(url.port) || DEFAULT_PORT };
}

const invalidValue = (option: string, value: string) =>
  new LoggerArgsError(`invalid value for ${option}: ${JSON.stringify(value)}`);

function boolean(given: Given, option: string): boolean {
  const value = given[option];
  if (value === undefined) return false;
  if (/^(?:1|t|true)$/i.test(value)) return true;
  if (/^(?:0|f|false)$/i.test(value)) return false;
  throw invalidValue(option, value);
}

function number(given: Given, option: string, otherwise: number): number {
  const value = given[option];
  if (!value) return otherwise;
  if (!/^\d+$/.test(value)) throw invalidValue(option, value);
  return Number(value);
}

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** As Go writes it: `1s`, `500ms`, `1m30s`. */
function duration(given: Given, option: string, otherwise: number): number {
  const value = given[option];
  if (!value) return otherwise;
  if (!/^(?:\d+(?:\.\d+)?(?:ms|s|m|h))+$/.test(value)) throw invalidValue(option, value);
  const parts = [...value.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h)/g)];
  return parts.reduce((sum, [, count, unit = ""]) => sum + Number(count) * UNITS[unit]!, 0);
}
