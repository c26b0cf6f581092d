import type { CreateTaskSetRequest, Scale } from "@aws-sdk/client-ecs";
import type { CallContext } from "../../service.ts";
import { EXEC_TEXTS } from "../exec-texts.ts";
import { invalidParameter } from "../faults.ts";
import { toLaunch } from "../launch.ts";
import { requireTaskDefinition } from "../lookup.ts";
import { toNetworkConfiguration } from "../network-configuration.ts";
import { newDeployment } from "../service-deployments.ts";
import { toLoadBalancers } from "../service-load-balancers.ts";
import type { Deployment } from "../deployment.ts";
import { ecsServices, type Cluster, type EcsService } from "../state.ts";
import { toTags } from "../tags.ts";
import { taskSetsOf, type TaskSet } from "./task-set.ts";
import { TASK_SET_TEXTS as SAID } from "./texts.ts";

/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-quotas.html */
const MOST_TASK_SETS = 5;

/** By whom a task set was made, beside whoever called. */
interface Origin {
  readonly startedBy?: string;
}

/**
 * Adds a task set to a service; the scheduler starts its tasks.
 * https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateTaskSet.html
 * @throws AwsError `InvalidParameterException` in AWS's words where the request breaks a rule
 */
export function createTaskSet(
  input: Omit<CreateTaskSetRequest, "cluster" | "service">,
  context: CallContext,
  cluster: Cluster,
  service: EcsService,
  { startedBy }: Origin = {},
): { service: EcsService; set: TaskSet } {
  const { clientToken } = input;
  const same = taskSetsOf(service).find(
    ({ taskSet }) => clientToken !== undefined && taskSet.clientToken === clientToken,
  );
  if (same) return { service, set: same };
  const count = service.deployments.length;
  if (count >= MOST_TASK_SETS) throw invalidParameter(SAID.tooMany({ count }));
  const definition = requireTaskDefinition(context, input.taskDefinition ?? "");
  if (service.enableExecuteCommand && !definition.taskRoleArn)
    throw invalidParameter(EXEC_TEXTS.createNeedsRole());
  const { on, ...launch } = toLaunch(cluster, definition, input);
  if ((input.loadBalancers ?? []).length > 1) throw invalidParameter(SAID.oneLoadBalancer());
  const now = context.clock.now();
  const made = {
    ...service,
    ...launch,
    taskDefinitionArn: definition.arn,
    networkConfiguration: toNetworkConfiguration(
      context.store,
      definition,
      input.networkConfiguration,
      on,
    ),
    loadBalancers: toLoadBalancers(context.store, definition, input.loadBalancers),
  };
  const set = asTaskSet(newDeployment(context.store, made, now), {
    externalId: input.externalId,
    startedBy,
    scale: toPercent(input.scale),
    clientToken,
    tags: toTags(input.tags),
  });
  const after: EcsService = { ...service, deployments: [set, ...service.deployments] };
  return { service: context.store.of(ecsServices).put(service.arn, after), set };
}

/** A new deployment as a task set that serves nobody yet. */
export function asTaskSet(
  deployment: Deployment,
  facts: Omit<TaskSet["taskSet"], "stabilityStatusAt">,
): TaskSet {
  return {
    ...deployment,
    status: "ACTIVE",
    taskSet: { ...facts, stabilityStatusAt: deployment.createdAt },
  };
}

/** Per cent; none without a scale, as AWS has it. @throws AwsError where it is none from 0 to 100 */
export function toPercent(scale: Scale | undefined): number {
  // PERCENT is the one unit that there is.
  const { value = 0, unit: _unit } = scale ?? {};
  if (!(value >= 0 && value <= 100)) throw invalidParameter(SAID.scaleInvalid());
  return value;
}
