import { randomBytes, randomInt } from "node:crypto";
import type { ContainerDefinition } from "@aws-sdk/client-ecs";
import { lastPart } from "../../ground/arn.ts";
import { instanceOf } from "../../services/ecs/task-place.ts";
import type { PulledImage } from "../images/puller.ts";
import type { LoggedContainer, LogSink } from "../logs/log-sink.ts";
import { failOn, logsFault, mayPutLogs } from "./task-faults.ts";
import type { StartParts } from "./task-start.ts";

/** What the task's containers are called by what runs them, by name: on an instance as Docker calls them, on Fargate after the task. */
export function runtimeIds({ record }: StartParts): ReadonlyMap<string, string> {
  const idOf = () =>
    record.task.launchType === "EC2"
      ? randomBytes(32).toString("hex")
      : `${record.id}-${randomInt(10 ** 9, 10 ** 10)}`;
  return new Map(record.definition.containerDefinitions.map(({ name = "" }) => [name, idOf()]));
}

/** Opens what each container's lines go to, by container name. @throws TaskFault, or the router's own error */
export async function openLogs(
  parts: StartParts,
  images: ReadonlyMap<string, PulledImage>,
  ids: ReadonlyMap<string, string>,
): Promise<Map<string, LogSink>> {
  const { context, needs, record } = parts;
  const { scope, definition } = record;
  const asked = { store: context.store, scope, task: record.task, definition };
  await failOn(logsFault(asked), context.clock);
  const sinks = new Map<string, LogSink>();
  try {
    for (const each of definition.containerDefinitions) {
      const { name = "", logConfiguration } = each;
      const { account, region } = scope;
      const container = logged(parts, each, images.get(name)!, ids.get(name)!);
      const sink = await needs.logs.open({ account, region, container, logConfiguration });
      const deaf: LogSink = { write: () => {}, close: () => sink.close() };
      sinks.set(name, mayPutLogs(asked, each) ? sink : deaf);
    }
  } catch (error) {
    await Promise.all(Array.from(sinks.values(), (sink) => sink.close()));
    throw error;
  }
  return sinks;
}

/** https://github.com/aws/amazon-ecs-agent/blob/master/agent/api/task/task.go, for labels and names of Docker's */
function logged(
  { record }: StartParts,
  container: ContainerDefinition,
  image: PulledImage,
  runtimeId: string,
): LoggedContainer {
  const { scope, task, definition } = record;
  const { name = "" } = container;
  const instanceId = instanceOf(scope, task)?.instanceId;
  const { family, revision } = definition;
  const labels = {
    "com.amazonaws.ecs.cluster": lastPart(task.clusterArn),
    "com.amazonaws.ecs.container-name": name,
    "com.amazonaws.ecs.task-arn": task.arn,
    "com.amazonaws.ecs.task-definition-family": family,
    "com.amazonaws.ecs.task-definition-version": String(revision),
  };
  return {
    taskId: record.id,
    name,
    runtimeId,
    dockerName:
      instanceId === undefined
        ? name
        : `/ecs-${family}-${revision}-${name}-${randomBytes(10).toString("hex")}`,
    image: image.reference,
    imageId: image.digest,
    labels: { ...container.dockerLabels, ...labels },
    environment: Object.fromEntries(
      (container.environment ?? []).map((each) => [each.name ?? "", each.value ?? ""]),
    ),
    instanceId,
  };
}
