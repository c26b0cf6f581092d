import type { ContainerDefinition, ContainerOverride } from "@aws-sdk/client-ecs";
import type { PulledImage } from "../images/pulled-image.ts";

/** What a container's environment is put together from. */
export interface EnvironmentSources {
  readonly image: PulledImage;
  readonly definition: ContainerDefinition;
  readonly override: ContainerOverride | undefined;
  /** What the task metadata service gives. */
  readonly metadata: Readonly<Record<string, string>>;
  readonly region: string;
  /** The front door: SDKs in a container find this cloud by it, unless the definition says otherwise. */
  readonly endpoint: string;
}

/**
 * A container's whole environment. Later sources win: this cloud's address, the image, the definition, the override, ECS.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-metadata-endpoint-v4-fargate.html
 */
export function environmentOf(sources: EnvironmentSources): Record<string, string> {
  const { image, definition, override, metadata, region, endpoint } = sources;
  return {
    AWS_ENDPOINT_URL: endpoint,
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    ...Object.fromEntries((image.config.Env ?? []).map(splitPair)),
    ...toRecord(definition.environment),
    ...toRecord(override?.environment),
    AWS_EXECUTION_ENV: "AWS_ECS_FARGATE",
    ...metadata,
  };
}

function splitPair(pair: string): [string, string] {
  const at = pair.indexOf("=");
  return at === -1 ? [pair, ""] : [pair.slice(0, at), pair.slice(at + 1)];
}

const toRecord = (pairs: readonly { name?: string; value?: string }[] = []) =>
  Object.fromEntries(pairs.map(({ name = "", value = "" }) => [name, value]));
