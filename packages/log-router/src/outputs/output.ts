import type { AwsCalls } from "../aws/aws-calls.ts";
import { ConfigError } from "../config/config-error.ts";
import type { Settings } from "../config/settings.ts";
import type { LogEvent } from "../event.ts";
import { cloudWatchLogs } from "./cloudwatch-logs.ts";
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

/** `[0] app-firelens-…: [[1767225600.000000000, {}], {"log"=>"…"}]` or lines of JSON. https://docs.fluentbit.io/manual/pipeline/outputs/standard-output */
function standardOutput(settings: Settings): Output {
  const isJson = settings.get("Format")?.startsWith("json") ?? false;
  const key = settings.get("json_date_key") ?? "date";
  return {
    flush: async (tag, events) => {
      const lines = events.map(({ time, record }, index) =>
        isJson
          ? JSON.stringify({ [key]: time, ...record })
          : `[${index}] ${tag}: [[${time.toFixed(9)}, {}], ${shown(record)}]`,
      );
      process.stdout.write(`${lines.join("\n")}\n`);
    },
  };
}

const shown = (record: LogEvent["record"]) =>
  `{${Object.entries(record)
    .map(([key, value]) => `${JSON.stringify(key)}=>${JSON.stringify(value)}`)
    .join(", ")}}`;
