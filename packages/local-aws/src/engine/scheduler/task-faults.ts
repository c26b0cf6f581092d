import { randomUUID } from "node:crypto";
import type { ContainerDefinition } from "@aws-sdk/client-ecs";
import { idleFor, type Clock } from "../../clock/clock.ts";
import { isEcrImage } from "../../services/ecs/images.ts";
import { groupArn } from "../../services/logs/find.ts";
import { rolesOf } from "../../services/ecs/task-roles.ts";
import { instanceRole } from "../../services/ec2/instances/instance-role.ts";
import { instanceOf } from "../../services/ecs/task-place.ts";
import type { Task, TaskDefinition } from "../../services/ecs/state.ts";
import { TEXTS } from "../../services/ecs/texts.ts";
import { repositories } from "../../services/ecr/state.ts";
import { roleRefusal } from "../../services/iam/authorize.ts";
import { sessionArn } from "../../services/iam/entities.ts";
import { refusalWords } from "../../services/iam/refusal.ts";
import { logGroups } from "../../services/logs/state.ts";
import type { Scope, Store } from "../../store/store.ts";
import { parseReference } from "@workbook/registry-client";
import {
  endpointUsed,
  mayReachInternet,
  mayReachService,
  mayResolveNames,
} from "../network/reachability.ts";
import { lastPart, parseArn } from "../../ground/arn.ts";

/** Why a task cannot start: the message is ECS's own and becomes the task's `stoppedReason`. */
export class TaskFault extends Error {
  override readonly name = "TaskFault";
  /** Whether AWS finds this out by waiting for an answer that does not come. */
  readonly isTimeout: boolean;

  constructor(message: string, options: { isTimeout?: boolean } = {}) {
    super(message);
    this.isTimeout = options.isTimeout ?? false;
  }
}

/** How long AWS waits in vain before it says `i/o timeout`, in idle time. */
const UNREACHABLE_AFTER_MS = 60_000;

/** Throws a fault, where there is one, when AWS would have found it. @throws TaskFault */
export async function failOn(fault: TaskFault | undefined, clock: Clock): Promise<void> {
  if (!fault) return;
  if (fault.isTimeout) await idleFor(clock, UNREACHABLE_AFTER_MS);
  throw fault;
}

interface Asked {
  readonly store: Store;
  readonly scope: Scope;
  readonly task: Task;
  readonly definition: TaskDefinition;
}

/**
 * What keeps a task from its images, beside the images themselves: no way to the registry, or an execution role that may
 * not use it. https://docs.aws.amazon.com/AmazonECS/latest/developerguide/resource-initialization-error.html
 */
export function imageFault(asked: Asked): TaskFault | undefined {
  const references = asked.definition.containerDefinitions.map(({ image = "" }) => image);
  for (const reference of references) {
    const fault = isEcrImage(reference)
      ? ecrFault(asked, reference)
      : publicImageFault(asked, reference);
    if (fault) return fault;
  }
  return undefined;
}

function ecrFault(asked: Asked, reference: string): TaskFault | undefined {
  const { region, account } = asked.scope;
  const way = mayReachService(asked.scope, eniOf(asked), "ecr.api");
  if (!way.allowed)
    return new TaskFault(
      way.code === "DnsDisabled"
        ? TEXTS.registryNotResolved({ region })
        : TEXTS.registryUnreachable({ region, address: SERVICE_ADDRESS }),
      { isTimeout: true },
    );
  const repository = `arn:aws:ecr:${region}:${account}:repository/${parseReference(reference).repository}`;
  const user = assumedRole(asked);
  const token = refusal(asked, "ecr.api", "ecr:GetAuthorizationToken", "*");
  if (token)
    return new TaskFault(TEXTS.registryDenied({ requestId: randomUUID(), user, why: token }));
  const place = { reference, ...hostAndTag(reference) };
  // Layers come from S3, https://docs.aws.amazon.com/AmazonECR/latest/userguide/vpc-endpoints.html
  for (const service of ["ecr.dkr", "s3"])
    if (!mayReachService(asked.scope, eniOf(asked), service).allowed) return unreachable(reference);
  if (refusal(asked, "ecr.dkr", "ecr:BatchGetImage", repository))
    return new TaskFault(TEXTS.imageDenied(place));
  if (refusal(asked, "ecr.dkr", "ecr:GetDownloadUrlForLayer", repository))
    return new TaskFault(TEXTS.layersDenied(place));
  return undefined;
}

/** On an instance it is the agent that brings images and logs, by the instance's own way. */
const eniOf = ({ scope, task }: Asked): string =>
  instanceOf(scope, task)?.networkInterfaceId ?? task.networkInterfaceId ?? "";

/** Who brings images and logs: the execution role, or on an instance without one the instance's. */
function pullingRole({ scope, task, definition }: Asked): string | undefined {
  const { executionRoleArn } = rolesOf(definition, task.overrides);
  if (executionRoleArn) return executionRoleArn;
  const instance = instanceOf(scope, task);
  return instance && instanceRole(scope, instance);
}

/** How AWS ends the sentence that refuses an action to the execution role; undefined where nothing refuses it. */
function refusal(asked: Asked, service: string, action: string, on: string): string | undefined {
  const { store, scope } = asked;
  const roleArn = pullingRole(asked);
  if (!roleArn) return undefined;
  const endpoint = endpointUsed(scope, eniOf(asked), service)?.PolicyDocument;
  const repository = on.split(":repository/")[1] ?? "";
  const resource = scope.of(repositories).get(repository)?.policyText;
  const { region } = scope;
  const asks = { roleArn, region, action, on, endpoint, resource };
  const refused = roleRefusal(store, scope.account, asks);
  return refused && refusalWords(refused, action);
}

function publicImageFault(asked: Asked, reference: string): TaskFault | undefined {
  const { scope } = asked;
  const eni = eniOf(asked);
  const named = mayResolveNames(scope, eni);
  if (!named.allowed) return unreachable(reference, false);
  return mayReachInternet(scope, eni).allowed ? undefined : unreachable(reference);
}

function hostAndTag(reference: string): { host: string; tag: string; repository: string } {
  const { registry, repository, tag, digest } = parseReference(reference);
  const host = registry === "docker.io" ? "registry-1.docker.io" : registry;
  return { host, repository, tag: digest ?? tag ?? "latest" };
}

function unreachable(reference: string, isResolved = true): TaskFault {
  const { host, repository, tag } = hostAndTag(reference);
  const url = `https://${host}/v2/${repository}/manifests/${tag}`;
  const message = isResolved
    ? TEXTS.imageUnreachable({ reference, url, address: SERVICE_ADDRESS })
    : TEXTS.imageNotResolved({ reference, url, host });
  return new TaskFault(message, { isTimeout: true });
}

/**
 * What keeps a task's awslogs from CloudWatch Logs, beside the log group itself: no way there, or a role that may not make
 * the stream (and the group, where the driver is to).
 */
export function logsFault(asked: Asked): TaskFault | undefined {
  const containers = awslogsOf(asked.definition);
  if (containers.length === 0) return undefined;
  if (!mayReachService(asked.scope, eniOf(asked), "logs").allowed)
    return new TaskFault(TEXTS.logsUnreachable(), { isTimeout: true });
  for (const options of containers) {
    const group = options["awslogs-group"] ?? "";
    const makesGroup =
      /^(?:1|t|true)$/i.test(options["awslogs-create-group"] ?? "") &&
      !asked.store.scope(asked.scope.account, regionOf(asked, options)).of(logGroups).has(group);
    const fault =
      (makesGroup ? logsDenial(asked, options, "CreateLogGroup") : undefined) ??
      logsDenial(asked, options, "CreateLogStream");
    if (fault) return fault;
  }
  return undefined;
}

/**
 * Whether what a container writes may be delivered. A driver that may not is started all the same: the lines are lost without a
 * word to the task. https://docs.docker.com/engine/logging/drivers/awslogs/
 */
export function mayPutLogs(asked: Asked, container: ContainerDefinition): boolean {
  const { logDriver, options = {} } = container.logConfiguration ?? {};
  if (logDriver !== "awslogs") return true;
  const on = logsResource(asked, options, "PutLogEvents");
  return refusal(asked, "logs", "logs:PutLogEvents", on) === undefined;
}

type Options = Readonly<Record<string, string>>;

const awslogsOf = ({ containerDefinitions }: TaskDefinition): Options[] =>
  containerDefinitions.flatMap(({ logConfiguration: { logDriver, options = {} } = {} as never }) =>
    logDriver === "awslogs" ? [options] : [],
  );

const regionOf = ({ scope }: Asked, options: Options) => options["awslogs-region"] ?? scope.region;

function logsResource(asked: Asked, options: Options, action: string): string {
  const place = { region: regionOf(asked, options), account: asked.scope.account };
  const group = groupArn(place, options["awslogs-group"] ?? "");
  return action === "CreateLogGroup" ? `${group}:*` : `${group}:log-stream:*`;
}

function logsDenial(
  asked: Asked,
  options: Options,
  action: "CreateLogGroup" | "CreateLogStream",
): TaskFault | undefined {
  const resource = logsResource(asked, options, action);
  const why = refusal(asked, "logs", `logs:${action}`, resource);
  if (why === undefined) return undefined;
  const what = action === "CreateLogGroup" ? "group" : "stream";
  const words = { requestId: randomUUID(), user: assumedRole(asked), resource, action, what, why };
  return new TaskFault(TEXTS.logsDenied(words));
}

/** An address that stands for AWS's own in messages (RFC 5737): there is no real one behind a local service. */
const SERVICE_ADDRESS = "192.0.2.1";

/** Who a task is when it has taken on a role: the session is named after the task. */
function assumedRole(asked: Asked): string {
  const { task } = asked;
  const roleArn = pullingRole(asked) ?? "";
  const { account = "", resource: role = "" } = parseArn(roleArn) ?? {};
  const name = lastPart(role);
  return sessionArn(account, name, lastPart(task.arn));
}
