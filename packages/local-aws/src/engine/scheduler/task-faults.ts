import { randomUUID } from "node:crypto";
import { isEcrImage } from "../../services/ecs/images.ts";
import { rolesOf } from "../../services/ecs/task-roles.ts";
import type { Task, TaskDefinition } from "../../services/ecs/state.ts";
import { TEXTS } from "../../services/ecs/texts.ts";
import { isAllowed } from "../../services/iam/authorize.ts";
import type { Scope, Store } from "../../store/store.ts";
import { parseReference } from "../images/reference.ts";
import { mayReachInternet, mayReachService } from "../network/reachability.ts";

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
  const { store, scope, task, definition } = asked;
  const { region, account } = scope;
  const eni = task.networkInterfaceId ?? "";
  if (!mayReachService(scope, eni, "ecr.api").allowed)
    return new TaskFault(TEXTS.registryUnreachable({ region, address: SERVICE_ADDRESS }), {
      isTimeout: true,
    });
  const { executionRoleArn } = rolesOf(definition, task.overrides);
  if (executionRoleArn) {
    const repository = `arn:aws:ecr:${region}:${account}:repository/${parseReference(reference).repository}`;
    const may = (action: string, resource = repository) =>
      isAllowed(store, account, executionRoleArn, action, resource);
    if (!may("ecr:GetAuthorizationToken", "*"))
      return new TaskFault(
        TEXTS.registryDenied({
          requestId: randomUUID(),
          user: assumedRole(executionRoleArn, task),
        }),
      );
    if (!may("ecr:BatchGetImage") || !may("ecr:GetDownloadUrlForLayer"))
      return new TaskFault(TEXTS.imageDenied({ reference, ...hostAndTag(reference) }));
  }
  // Layers come from S3, https://docs.aws.amazon.com/AmazonECR/latest/userguide/vpc-endpoints.html
  for (const service of ["ecr.dkr", "s3"])
    if (!mayReachService(scope, eni, service).allowed) return unreachable(reference);
  return undefined;
}

function publicImageFault({ scope, task }: Asked, reference: string): TaskFault | undefined {
  const { allowed } = mayReachInternet(scope, task.networkInterfaceId ?? "");
  return allowed ? undefined : unreachable(reference);
}

function hostAndTag(reference: string): { host: string; tag: string } {
  const { registry, tag, digest } = parseReference(reference);
  const host = registry === "docker.io" ? "registry-1.docker.io" : registry;
  return { host, tag: digest ?? tag ?? "latest" };
}

function unreachable(reference: string): TaskFault {
  const { host, tag } = hostAndTag(reference);
  const url = `https://${host}/v2/${parseReference(reference).repository}/manifests/${tag}`;
  return new TaskFault(TEXTS.imageUnreachable({ reference, url, address: SERVICE_ADDRESS }), {
    isTimeout: true,
  });
}

/**
 * What keeps a task's awslogs from CloudWatch Logs, beside the log group itself: no way there, or a role that may not write.
 */
export function logsFault(asked: Asked): TaskFault | undefined {
  const { store, scope, task, definition } = asked;
  const groups = definition.containerDefinitions
    .filter(({ logConfiguration }) => logConfiguration?.logDriver === "awslogs")
    .map(({ logConfiguration }) => logConfiguration?.options?.["awslogs-group"] ?? "");
  if (groups.length === 0) return undefined;
  if (!mayReachService(scope, task.networkInterfaceId ?? "", "logs").allowed)
    return new TaskFault(TEXTS.logsUnreachable(), { isTimeout: true });
  const { executionRoleArn } = rolesOf(definition, task.overrides);
  if (!executionRoleArn) return undefined;
  for (const group of groups) {
    const resource = `arn:aws:logs:${scope.region}:${scope.account}:log-group:${group}:log-stream:*`;
    for (const action of ["logs:CreateLogStream", "logs:PutLogEvents"])
      if (!isAllowed(store, scope.account, executionRoleArn, action, resource))
        return new TaskFault(
          TEXTS.logsDenied({
            requestId: randomUUID(),
            user: assumedRole(executionRoleArn, task),
            resource,
          }),
        );
  }
  return undefined;
}

/** An address that stands for AWS's own in messages (RFC 5737): there is no real one behind a local service. */
const SERVICE_ADDRESS = "192.0.2.1";

/** Who a task is when it has taken on a role: the session is named after the task. */
function assumedRole(roleArn: string, task: Task): string {
  const [, , , , account = "", role = ""] = roleArn.split(":");
  const name = role.slice(role.lastIndexOf("/") + 1);
  return `arn:aws:sts::${account}:assumed-role/${name}/${task.arn.slice(task.arn.lastIndexOf("/") + 1)}`;
}
