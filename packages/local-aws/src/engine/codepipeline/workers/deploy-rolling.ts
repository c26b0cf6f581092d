import type {
  Deployment,
  RegisterTaskDefinitionRequest,
  Service,
  TaskDefinition,
} from "@aws-sdk/client-ecs";
import { ActionFault, calling } from "../action-fault.ts";
import type { Outcome, Work } from "../work.ts";

const MINUTE_MS = 60_000;
/** https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-ECS.html#action-reference-ECS-config */
const LONGEST_MINUTES = 60;

const DENIED = "The provided role does not have sufficient permissions to access ECS.";

/**
 * Registers a revision of the task definition that a service runs, with the images of a file, has the service move on to it, and
 * waits until it has.
 * https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-ECS.html
 * @throws ActionFault
 */
export async function deployRolling(work: Work): Promise<Outcome> {
  const until = work.run.startedAt + minutesOf(work) * MINUTE_MS;
  if (work.run.done["definition"] === undefined) await begin(work);
  const service = await describe(work);
  const ours = service.deployments?.find(({ id }) => id === work.run.done["deployment"]);
  if (ours && isDone(service, ours)) return { kind: "done" };
  const failure = failureOf(service, ours);
  if (failure !== undefined) throw new ActionFault("JobFailed", failure);
  if (work.now >= until)
    throw new ActionFault(
      "JobFailed",
      `The deployment of the Amazon ECS service ${service.serviceName} did not complete within ${minutesOf(work)} minutes.`,
    );
  return { kind: "wait", until };
}

/** @throws ActionFault where it is no number of minutes that may be */
function minutesOf(work: Work): number {
  const given = work.setting("DeploymentTimeout");
  const minutes = given === "" ? LONGEST_MINUTES : Number(given);
  if (Number.isInteger(minutes) && minutes >= 1 && minutes <= LONGEST_MINUTES) return minutes;
  throw new ActionFault(
    "ConfigurationError",
    `DeploymentTimeout must be a whole number of minutes from 1 to ${LONGEST_MINUTES}: ${given}`,
  );
}

async function begin(work: Work): Promise<void> {
  const images = await readImageDefinitions(work);
  const { taskDefinition: current = "", serviceArn, clusterArn } = await describe(work);
  await calling(async () => {
    const { calls } = work;
    const { taskDefinition } = await calls.call("ecs", "DescribeTaskDefinition", {
      taskDefinition: current,
    });
    const next = JSON.stringify(withImages(taskDefinition!, images));
    const { taskDefinition: made } = await calls.callWithJson(
      "ecs",
      "RegisterTaskDefinition",
      next,
    );
    const definition = made!.taskDefinitionArn!;
    const { service } = await calls.call("ecs", "UpdateService", {
      cluster: clusterArn,
      service: serviceArn!,
      taskDefinition: definition,
    });
    const primary = service?.deployments?.find(({ status }) => status === "PRIMARY");
    work.remember(
      { definition, deployment: primary?.id ?? "" },
      { externalId: primary?.id ?? definition },
    );
  }, DENIED);
}

async function describe(work: Work): Promise<Service> {
  const cluster = work.setting("ClusterName");
  const name = work.setting("ServiceName");
  const { services = [] } = await calling(
    () => work.calls.call("ecs", "DescribeServices", { cluster, services: [name] }),
    DENIED,
  );
  const [service] = services;
  if (service?.status === "ACTIVE") return service;
  throw new ActionFault("ConfigurationError", `The AWS ECS service ${name} does not exist`);
}

/** What may be said to RegisterTaskDefinition of what DescribeTaskDefinition tells. */
const COPIED = [
  "taskRoleArn",
  "executionRoleArn",
  "networkMode",
  "volumes",
  "placementConstraints",
  "requiresCompatibilities",
  "cpu",
  "memory",
  "pidMode",
  "ipcMode",
  "proxyConfiguration",
  "ephemeralStorage",
  "runtimePlatform",
  "enableFaultInjection",
] as const satisfies readonly (keyof TaskDefinition)[];

/** https://github.com/aws-samples/aws-modern-application-workshop/issues/153 */
function withImages(
  definition: TaskDefinition,
  images: readonly ImageDefinition[],
): RegisterTaskDefinitionRequest {
  const containers = definition.containerDefinitions ?? [];
  const unknown = images.find(({ name }) => !containers.some((it) => it.name === name));
  if (unknown)
    throw new ActionFault(
      "ConfigurationError",
      `The AWS ECS container ${unknown.name} does not exist`,
    );
  const kept = COPIED.flatMap((key) =>
    definition[key] === undefined ? [] : [[key, definition[key]]],
  );
  return {
    ...(Object.fromEntries(kept) as Pick<TaskDefinition, (typeof COPIED)[number]>),
    family: definition.family!,
    containerDefinitions: containers.map((container) => ({
      ...container,
      image: images.findLast(({ name }) => name === container.name)?.imageUri ?? container.image,
    })),
  };
}

const isDone = ({ deployments = [] }: Service, ours: Deployment) =>
  ours.status === "PRIMARY" &&
  (ours.rolloutState === "COMPLETED" ||
    // Who deploys by other means than ECS itself has no state of rollouts.
    (ours.rolloutState === undefined &&
      deployments.length === 1 &&
      ours.runningCount === ours.desiredCount));

/** Why a deployment will not be done any more; undefined while it may. */
function failureOf(
  { serviceName, events = [] }: Service,
  ours: Deployment | undefined,
): string | undefined {
  if (ours?.rolloutState === "FAILED")
    return `The deployment of the Amazon ECS service ${serviceName} failed: ${ours.rolloutStateReason ?? events[0]?.message ?? ""}`;
  if (ours?.status === "PRIMARY") return undefined;
  return `The deployment of the Amazon ECS service ${serviceName} was replaced by another one: ${events[0]?.message ?? ""}`;
}

/** Which image a container is to have. */
interface ImageDefinition {
  readonly name: string;
  readonly imageUri: string;
}

/**
 * The images that a build has made, by containers.
 * https://docs.aws.amazon.com/codepipeline/latest/userguide/file-reference.html#pipelines-create-image-definitions
 * @throws ActionFault in AWS's words, as public questions quote them
 */
async function readImageDefinitions(work: Work): Promise<readonly ImageDefinition[]> {
  const file = work.setting("FileName") || "imagedefinitions.json";
  const content = await work.file(file);
  const { bucket, key } = work.input();
  if (content === undefined)
    throw new ActionFault(
      "ConfigurationError",
      `Did not find the image definition file ${file} in the input artifacts ZIP file. Verify the file is stored in your pipeline's Amazon S3 artifact bucket: ${bucket} key: ${key}`,
    );
  const images = parse(content);
  if (images) return images;
  throw new ActionFault(
    "ConfigurationError",
    `The image definition file ${file} contains invalid JSON format`,
  );
}

function parse(content: string): readonly ImageDefinition[] | undefined {
  let value: unknown;
  try {
    value = JSON.parse(content);
  } catch {
    return undefined;
  }
  return Array.isArray(value) && value.length > 0 && value.every(isDefinition) ? value : undefined;
}

const isDefinition = (value: unknown): value is ImageDefinition => {
  const { name, imageUri } = (value ?? {}) as Partial<ImageDefinition>;
  return typeof name === "string" && typeof imageUri === "string";
};
