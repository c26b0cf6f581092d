import { AwsCalls } from "./aws/aws-calls.ts";
import { UnreadableConfig } from "./config/config-error.ts";
import { readClassic, type Section } from "./config/classic.ts";
import { Settings } from "./config/settings.ts";
import { tagMatcher } from "./event.ts";
import { createFilter } from "./filters/filter.ts";
import { readParsers } from "./filters/parser.ts";
import { pattern } from "./filters/pattern.ts";
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
  const outputs = named(of("OUTPUT"));
  const flushMs = service.time("Flush", 1000);
  if (flushMs === 0) throw new UnreadableConfig("invalid flush value, aborting.");
  const pipeline = new Pipeline({
    flushMs,
    graceMs: service.time("Grace", 5000),
    memoryLimit: Math.max(
      ...inputs.map(({ settings }) => settings.size("mem_buf_limit", DEFAULT_MEMORY)),
      0,
    ),
    filters: named(of("FILTER")).map(({ settings, name }) => ({
      match:
        matcher(settings) ??
        settings.fail(`[filter] NO match rule for ${name} filter instance, unloading.`),
      does: createFilter(settings, parsers),
    })),
    sinks: outputs.map(({ settings, name }) => ({
      name,
      // Between one input and one output there is no question.
      match: matcher(settings) ?? (() => inputs.length === 1 && outputs.length === 1),
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

/** Whose events a filter or an output takes; undefined where it does not say. */
function matcher(settings: Settings): ((tag: string) => boolean) | undefined {
  const expression = settings.get("Match_Regex");
  const compiled = expression === undefined ? undefined : pattern(settings, expression);
  if (compiled) return (tag) => compiled.test(tag);
  const tags = settings.get("Match");
  return tags === undefined ? undefined : tagMatcher(tags);
}

/** Plugins by the names that messages call them by: `cloudwatch_logs.1`. */
function named(sections: readonly Section[]): { name: string; settings: Settings }[] {
  return sections.map(({ kind, entries }, index) => {
    const plugin = entries.find(([key]) => key.toLowerCase() === "name")?.[1];
    if (plugin === undefined)
      throw new UnreadableConfig(
        `[config] section '${kind.toLowerCase()}' is missing the 'name' property`,
      );
    const name = `${plugin}.${index}`;
    return { name, settings: new Settings(`${kind.toLowerCase()}:${plugin}:${name}`, entries) };
  });
}

function retriesOf(settings: Settings): number {
  const limit = settings.get("Retry_Limit")?.toLowerCase();
  if (limit === "false" || limit === "no_limits") return Infinity;
  if (limit === "no_retries") return 0;
  if (limit === undefined || /^\d+$/.test(limit)) return settings.number("Retry_Limit", 1);
  say("warn", "[config] invalid retry_limit. set default.");
  return 1;
}
