import type { AwsCalls } from "../aws/aws-calls.ts";
import { ConfigError } from "../config/config-error.ts";
import type { Settings } from "../config/settings.ts";
import { fraction, milliseconds, type LogEvent } from "../event.ts";
import { cloudWatchLogs } from "./cloudwatch-logs.ts";
import { datedJson } from "./json.ts";
import { forward } from "./forward.ts";
import { s3 } from "./s3.ts";

/** A place that events are brought to. */
export interface Output {
  /** Resolves when they are there. Rejects where they may be tried again. */
  flush(tag: string, events: readonly LogEvent[]): Promise<void>;
  /** Brings what is still kept. */
  close?(): Promise<void>;
}

/** Makes an output of its settings. @throws ConfigError */
export function createOutput(settings: Settings, calls: AwsCalls): Output {
  const name = settings.required("Name").toLowerCase();
  switch (name) {
    case "cloudwatch_logs":
      return cloudWatchLogs(settings, calls);
    case "s3":
      return s3(settings, calls);
    case "forward":
      return forward(settings);
    case "stdout":
      settings.allow(["format", "json_date_key", "json_date_format"]);
      return standardOutput(settings);
    case "null":
      settings.allow(["format"]);
      return { flush: async () => {} };
    default:
      throw new ConfigError(
        `[config] the workbook's router has no output '${name}': it has cloudwatch_logs, forward, null, s3 and stdout`,
      );
  }
}

/** `[0] app-firelens-…: [[1767225600.000000000, {}], {"log"=>"…"}]` or JSON. https://docs.fluentbit.io/manual/pipeline/outputs/standard-output */
function standardOutput(settings: Settings): Output {
  const format = settings.get("Format")?.toLowerCase();
  const json = datedJson(settings, "double");
  const written = (tag: string, events: readonly LogEvent[]): string => {
    switch (format) {
      case "json":
        return `[${events.map(json).join(",")}]`;
      case "json_lines":
        return events.map(json).join("\n");
      case "json_stream":
        return events.map(json).join("");
      default:
        return events.map((event, index) => `[${index}] ${tag}: ${shown(event)}`).join("\n");
    }
  };
  return {
    flush: async (tag, events) => {
      process.stdout.write(`${written(tag, events)}\n`);
    },
  };
}

const shown = ({ time, record }: LogEvent) =>
  `[[${Math.floor(milliseconds(time) / 1000)}.${fraction(time)}000, {}], ${printed(record)}]`;

/** As Fluent Bit's library shows what it packs: text stands between quotation marks as it is. */
function printed(value: unknown): string {
  if (typeof value === "string") return `"${value}"`;
  if (typeof value === "number" && !Number.isInteger(value)) return value.toFixed(6);
  if (typeof value !== "object") return String(value);
  if (value === null) return "nil";
  if (Array.isArray(value)) return `[${value.map(printed).join(", ")}]`;
  const fields = Object.entries(value).map(([key, own]) => `"${key}"=>${printed(own)}`);
  return `{${fields.join(", ")}}`;
}
