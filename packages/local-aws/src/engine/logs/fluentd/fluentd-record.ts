import { RE2JS } from "re2js";
import { LoggerArgsError } from "../reasons.ts";
import type { LoggedContainer } from "../log-sink.ts";

/** As many of an id's digits as Docker shows. */
const SHORT_ID = 12;
const DEFAULT_TAG = "{{.ID}}";

/**
 * The tag of what a container writes: a template of Docker's.
 * https://docs.docker.com/engine/logging/log_tags/
 * @throws LoggerArgsError where it names what there is not
 */
export function logTag(template: string | undefined, container: LoggedContainer): string {
  const { runtimeId, dockerName, image, imageId } = container;
  const fields: Readonly<Record<string, string>> = {
    ID: runtimeId.slice(0, SHORT_ID),
    FullID: runtimeId,
    Name: dockerName.replace(/^\//, ""),
    ImageID: imageId.replace(/^sha256:/, "").slice(0, SHORT_ID),
    ImageFullID: imageId,
    ImageName: image,
    DaemonName: "docker",
  };
  return (template || DEFAULT_TAG).replaceAll(/\{\{\s*([^}]*?)\s*\}\}/g, (_, said: string) => {
    const label = /^index \.ContainerLabels "([^"]*)"$/.exec(said)?.[1];
    if (label !== undefined) return container.labels[label] ?? "";
    const value = fields[said.replace(/^\./, "")];
    if (!said.startsWith(".") || value === undefined)
      throw new LoggerArgsError(`template: log-tag:1: can't evaluate ${said} in type logger.Info`);
    return value;
  });
}

/** What every line of a container says beside the line. Named labels and variables come with it. */
export function containerFields(
  options: Readonly<Record<string, string>>,
  { runtimeId, dockerName, labels, environment }: LoggedContainer,
): Readonly<Record<string, string>> {
  return {
    ...chosen(labels, options["labels"], options["labels-regex"]),
    ...chosen(environment, options["env"], options["env-regex"]),
    container_id: runtimeId,
    container_name: dockerName,
  };
}

function chosen(
  all: Readonly<Record<string, string>>,
  names = "",
  pattern: string | undefined,
): Record<string, string> {
  const named = names.split(",").map((name) => name.trim());
  const expression = pattern ? compile(pattern) : undefined;
  const kept = Object.entries(all).filter(
    ([name]) => named.includes(name) || expression?.test(name),
  );
  return Object.fromEntries(kept);
}

function compile(pattern: string): RE2JS {
  try {
    return RE2JS.compile(pattern);
  } catch (error) {
    throw new LoggerArgsError(`error parsing regexp: ${pattern}`, { cause: error });
  }
}
