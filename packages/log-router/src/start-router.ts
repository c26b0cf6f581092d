import { AwsCalls } from "./aws/aws-calls.ts";
import { readClassic, type Section } from "./config/classic.ts";
import { Settings } from "./config/settings.ts";
import { createFilter } from "./filters/filter.ts";
import { readParsers } from "./filters/parser.ts";
import { openInput, type Input } from "./inputs/input.ts";
import { say } from "./log.ts";
import { createOutput } from "./outputs/output.ts";
import { Pipeline } from "./pipeline.ts";

/** A router that runs. */
export interface Router {
  /** Ends it: takes nothing more, and brings what it has. */
  stop(): Promise<void>;
}

type Environment = Readonly<Record<string, string | undefined>>;

const DEFAULT_MEMORY = 25_000_000;

/**
 * Starts a router by a configuration of Fluent Bit's.
 * @throws ConfigError; the system's error where it cannot listen
 */
export async function startRouter(file: string, environment: Environment): Promise<Router> {
  const sections = readClassic(file, environment);
  const of = (kind: string) => sections.filter((section) => section.kind === kind);
  const service = new Settings(
    "service",
    of("SERVICE").flatMap(({ entries }) => entries),
  );
  const parserFiles = service.all("Parsers_File").flatMap((path) => readClassic(path, environment));
  const parsers = readParsers(
    [...sections, ...parserFiles].filter(({ kind }) => kind === "PARSER"),
  );
  const calls = new AwsCalls(environment);
  const inputs = named(of("INPUT"));
  const pipeline = new Pipeline({
    flushMs: service.time("Flush", 1000),
    graceMs: service.time("Grace", 5000),
    memoryLimit: Math.max(
      ...inputs.map(({ settings }) => settings.size("mem_buf_limit", DEFAULT_MEMORY)),
      0,
    ),
    filters: named(of("FILTER")).map(({ settings }) => ({
      match: settings.get("Match") ?? "",
      does: createFilter(settings, parsers),
    })),
    sinks: named(of("OUTPUT")).map(({ settings, name }) => ({
      name,
      match: settings.get("Match") ?? "",
      retries: retriesOf(settings),
      does: createOutput(settings, calls),
    })),
  });
  const opened: Input[] = [];
  for (const { settings } of inputs)
    opened.push(await openInput(settings, (tag, events) => pipeline.take(tag, events)));
  return {
    stop: async () => {
      for (const input of opened) input.close();
      const left = await pipeline.close();
      say("info", `[engine] service has stopped (${left} pending tasks)`);
    },
  };
}

/** Plugins by the names that messages call them by: `cloudwatch_logs.1`. */
function named(sections: readonly Section[]): { name: string; settings: Settings }[] {
  return sections.map(({ kind, entries }, index) => {
    const plugin = entries.find(([key]) => key.toLowerCase() === "name")?.[1] ?? "";
    const name = `${plugin}.${index}`;
    return { name, settings: new Settings(`${kind.toLowerCase()}:${plugin}:${name}`, entries) };
  });
}

function retriesOf(settings: Settings): number {
  const limit = settings.get("Retry_Limit")?.toLowerCase();
  if (limit === "false" || limit === "no_limits") return Infinity;
  return limit === "no_retries" ? 0 : settings.number("Retry_Limit", 1);
}
