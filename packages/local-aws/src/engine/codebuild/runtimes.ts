import { parse } from "yaml";
import { node, texts, yamlFault, type Node } from "./buildspec/nodes.ts";

/** Where an image says what versions of runtimes it has, and how each is chosen. */
export const RUNTIMES_FILE = "/codebuild/image/config/runtimes.yml";

/** A runtime that has been chosen. */
export interface ChosenRuntime {
  readonly name: string;
  readonly version: string;
  readonly commands: readonly string[];
}

/**
 * Chooses runtimes among those of an image.
 * @param wanted versions, by runtime: `18`, `18.x`, `latest`
 * @throws BuildFault `YAML_FILE_ERROR`
 * @see https://docs.aws.amazon.com/codebuild/latest/userguide/runtime-versions.html
 */
export function chooseRuntimes(
  file: string,
  wanted: Readonly<Record<string, string>>,
): readonly ChosenRuntime[] {
  const runtimes = node((parse(file) as Node | null)?.["runtimes"], "runtimes");
  return Object.entries(wanted).map(([name, version]) => {
    const runtime = runtimes[name];
    if (runtime === undefined)
      throw yamlFault(
        `Unknown runtime named '${name}'. This build image has the following runtimes: ${Object.keys(runtimes).join(", ")}`,
      );
    const versions = node(node(runtime, name)["versions"], "versions");
    const chosen = match(Object.keys(versions), version);
    if (chosen === undefined)
      throw yamlFault(
        `Unknown runtime version named '${version}' of ${name}. This build image has the following versions: ${Object.keys(versions).join(", ")}`,
      );
    const commands = node(versions[chosen], chosen)["commands"];
    return {
      name,
      version: chosen,
      commands: Object.values(texts(Object.assign({}, commands), name)),
    };
  });
}

const newest = (versions: readonly string[]) =>
  versions.toSorted((a, b) => b.localeCompare(a, "en", { numeric: true }))[0];

function match(versions: readonly string[], wanted: string): string | undefined {
  if (versions.includes(wanted)) return wanted;
  if (wanted === "latest") return newest(versions);
  const prefix = /^(.*?)\.x$/.exec(wanted)?.[1];
  if (prefix === undefined) return undefined;
  return newest(versions.filter((each) => each === prefix || each.startsWith(`${prefix}.`)));
}
