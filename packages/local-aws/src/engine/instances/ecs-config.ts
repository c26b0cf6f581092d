import type { Attributes } from "../../services/ecs/instances/state.ts";

/** What the ECS agent is told by its configuration file. */
export interface EcsConfig {
  /** The cluster that it joins: `default` without a word. */
  readonly cluster: string;
  readonly attributes: Attributes;
  readonly reservedMemoryMiB: number;
}

/** A line of the file, wherever a script writes it: by `echo`, in a here-document, in a part of a MIME text. */
const SETTING =
  /(?:^|[\s"';])(ECS_[A-Z_]+)=(?:"([^"\n]*)"|'(\{[^'\n]*\})'|(\{[^\n]*?\})(?=["']?\s*(?:>|$))|([^\s"';&|>]*))/gm;

/**
 * What user data write into `/etc/ecs/ecs.config`. No system boots here, so the script is read and not run: settings count where
 * it names that file.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/bootstrap_container_instance.html
 * @param userData base64
 */
export function readEcsConfig(userData: string | undefined): EcsConfig {
  const script = Buffer.from(userData ?? "", "base64").toString("utf8");
  const settings = new Map<string, string>();
  if (script.includes("/etc/ecs/ecs.config"))
    for (const [, name = "", ...values] of script.matchAll(SETTING))
      settings.set(name, values.find((value) => value !== undefined) ?? "");
  return {
    cluster: settings.get("ECS_CLUSTER") || "default",
    attributes: toAttributes(settings.get("ECS_INSTANCE_ATTRIBUTES")),
    reservedMemoryMiB: Number(settings.get("ECS_RESERVED_MEMORY")) || 0,
  };
}

/** An agent that cannot read its attributes goes without them. */
function toAttributes(text: string | undefined): Attributes {
  if (!text) return [];
  try {
    const given = JSON.parse(text.replaceAll('\\"', '"')) as Record<string, unknown>;
    return Object.entries(given).map(([name, value]) => ({ name, value: String(value) }));
  } catch {
    return [];
  }
}
