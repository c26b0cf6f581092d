import { randomBytes } from "node:crypto";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import { AwsCallError, type AwsCalls } from "../aws/aws-calls.ts";
import type { Settings } from "../config/settings.ts";
import { asText, valueAt, type LogEvent } from "../event.ts";
import { say } from "../log.ts";
import { datedJson } from "./json.ts";
import type { Output } from "./output.ts";

const DEFAULT_KEY = "/fluent-bit-logs/$TAG/%Y/%m/%d/%H/%M/%S";

const PROPERTIES =
  "bucket region total_file_size upload_chunk_size upload_timeout use_put_object s3_key_format s3_key_format_tag_delimiters json_date_key json_date_format log_key compression content_type endpoint store_dir static_file_path preserve_data_ordering send_content_md5 canned_acl storage_class auto_retry_requests".split(
    " ",
  );

/** Lines of a tag that wait for their object. */
interface Waiting {
  readonly since: Date;
  readonly lines: string[];
  bytes: number;
}

/**
 * Collects lines, and puts them into objects when there are enough, or the first has waited long enough.
 * @see https://docs.fluentbit.io/manual/pipeline/outputs/s3
 */
export function s3(settings: Settings, calls: AwsCalls): Output {
  settings.allow(PROPERTIES);
  const keyOf = keyWriter(settings);
  const put = objectWriter(settings, calls);
  const toLines = lineWriter(settings);
  const mostBytes = settings.size("total_file_size", 100_000_000);
  const mostMs = settings.time("upload_timeout", 600_000);
  const waiting = new Map<string, Waiting>();
  const timers = new Map<string, NodeJS.Timeout>();
  const upload = async (tag: string) => {
    const own = waiting.get(tag);
    if (!own) return;
    waiting.delete(tag);
    clearTimeout(timers.get(tag));
    const key = keyOf(tag, own.since);
    try {
      await put(key, own.lines);
    } catch (error) {
      const why = error instanceof AwsCallError ? `${error.code}: ${error.message}` : String(error);
      say("error", `[${settings.owner}] PutObject request failed: ${why}`);
      // It is tried again with what comes next, or at the end.
      const later = waiting.get(tag);
      waiting.set(tag, own);
      if (later) add(own, later.lines);
      throw error;
    }
    say("info", `[${settings.owner}] Successfully uploaded object ${key}`);
  };
  const uploadLater = (tag: string) => {
    clearTimeout(timers.get(tag));
    const soon = setTimeout(() => {
      upload(tag).catch(() => uploadLater(tag));
    }, mostMs);
    timers.set(tag, soon);
  };
  return {
    flush: async (tag, events) => {
      const own = waiting.get(tag) ?? { since: new Date(), lines: [], bytes: 0 };
      if (!waiting.has(tag)) {
        waiting.set(tag, own);
        uploadLater(tag);
      }
      add(own, events.flatMap(toLines));
      // What is kept here is this output's: a failure is its own to mend.
      if (own.bytes >= mostBytes) await upload(tag).catch(() => uploadLater(tag));
    },
    close: async () => {
      for (const timer of timers.values()) clearTimeout(timer);
      for (const tag of waiting.keys()) await upload(tag).catch(() => {}); // It has been said.
    },
  };
}

function add(waiting: Waiting, lines: readonly string[]): void {
  for (const line of lines) {
    waiting.lines.push(line);
    waiting.bytes += Buffer.byteLength(line) + 1;
  }
}

/** What puts an object into the bucket, compressed where that is wanted. @throws AwsCallError */
function objectWriter(settings: Settings, calls: AwsCalls) {
  const bucket = settings.get("bucket") ?? settings.fail("'bucket' is a required parameter");
  const region = settings.get("region") ?? "us-east-1";
  const endpoint = calls.endpoint("s3", region, settings.get("endpoint"));
  const compress = settings.get("compression")?.toLowerCase();
  if (compress !== undefined && compress !== "gzip")
    settings.fail(`unknown compression: ${compress}`);
  const [acl, storageClass] = [settings.get("canned_acl"), settings.get("storage_class")];
  const headers: Record<string, string> = {
    ...(acl !== undefined && { "x-amz-acl": acl }),
    ...(storageClass !== undefined && { "x-amz-storage-class": storageClass }),
    "content-type": settings.get("content_type") ?? "binary/octet-stream",
    ...(compress && { "content-encoding": compress }),
  };
  return async (key: string, lines: readonly string[]): Promise<void> => {
    const text = Buffer.from(lines.map((line) => `${line}\n`).join(""));
    const body = compress ? await promisify(gzip)(text) : text;
    const path = key.split("/").map(encodeURIComponent).join("/");
    const request = { method: "PUT", headers, body };
    await calls.send(`${endpoint}/${bucket}/${path}`, request, { service: "s3", region });
  };
}

/** An event's line; none where it has not what is asked for. */
function lineWriter(settings: Settings): (event: LogEvent) => string[] {
  const key = settings.get("log_key");
  const json = datedJson(settings, "iso8601");
  if (key === undefined) return (event) => [json(event)];
  return ({ record }) => {
    const value = valueAt(record, key);
    if (value !== undefined) return [asText(value)];
    say("error", `[${settings.owner}] Could not find log_key '${key}' in 1 records`);
    return [];
  };
}

/** Letters of a time as ISO 8601 has it, in UTC. */
const ofIso = (from: number, to: number) => (at: Date) => at.toISOString().slice(from, to);
const inEnglish = (options: Intl.DateTimeFormatOptions) => (at: Date) =>
  at.toLocaleDateString("en-US", { ...options, timeZone: "UTC" });

function dayOfYear(at: Date): string {
  const days = Math.floor((at.getTime() - Date.UTC(at.getUTCFullYear(), 0, 0)) / 86_400_000);
  return String(days).padStart(3, "0");
}

/** What the directives of a key's format say. */
const TIMES: Readonly<Record<string, (at: Date) => string>> = {
  Y: ofIso(0, 4),
  y: ofIso(2, 4),
  m: ofIso(5, 7),
  b: inEnglish({ month: "short" }),
  B: inEnglish({ month: "long" }),
  a: inEnglish({ weekday: "short" }),
  A: inEnglish({ weekday: "long" }),
  d: ofIso(8, 10),
  e: (at) => String(at.getUTCDate()).padStart(2, " "),
  j: dayOfYear,
  H: ofIso(11, 13),
  M: ofIso(14, 16),
  S: ofIso(17, 19),
  F: ofIso(0, 10),
  T: ofIso(11, 19),
  R: ofIso(11, 16),
  s: (at) => String(Math.floor(at.getTime() / 1000)),
  "%": () => "%",
};

/**
 * What names objects. Two never have one name: what tells them apart is added where the format does not.
 * @throws ConfigError where the format has what is not known here
 */
function keyWriter(settings: Settings): (tag: string, at: Date) => string {
  const format = settings.get("s3_key_format") ?? DEFAULT_KEY;
  const unknown =
    /\$INDEX/.exec(format)?.[0] ?? format.match(/%.?/g)?.find((each) => !TIMES[each.slice(1)]);
  if (unknown !== undefined)
    settings.fail(`the workbook's router does not know ${unknown} in s3_key_format`);
  const delimiters = new Set(settings.get("s3_key_format_tag_delimiters") ?? ".");
  const isOwn = format.includes("$UUID") || settings.flag("static_file_path", false);
  const random = () => randomBytes(4).toString("hex");
  return (tag, at) => {
    const parts: string[] = [""];
    for (const letter of tag)
      if (delimiters.has(letter)) parts.push("");
      else parts[parts.length - 1] += letter;
    const named = format
      .replaceAll(/\$TAG\[(\d+)\]/g, (_, index: string) => parts[Number(index)] ?? "")
      .replaceAll("$TAG", tag)
      .replaceAll("$UUID", random)
      // A tag may have what is no directive.
      .replaceAll(/%(.)/g, (all, directive: string) => TIMES[directive]?.(at) ?? all)
      .replace(/^\//, "");
    return isOwn ? named : `${named}-object${random()}`;
  };
}
