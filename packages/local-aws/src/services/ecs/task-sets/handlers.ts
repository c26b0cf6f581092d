import { AwsError } from "../../../protocol/aws-error.ts";
import type { CallContext } from "../../service.ts";
import { invalidParameter, serviceNotActive } from "../faults.ts";
import type { EcsHandlers } from "../handlers.ts";
import { requireCluster, requireService } from "../lookup.ts";
import type { Deployment } from "../deployment.ts";
import { ecsServices, type Cluster, type EcsService } from "../state.ts";
import { createTaskSet, toPercent } from "./create-task-set.ts";
import { hasTaskSets, taskSetArn, taskSetsOf, type TaskSet } from "./task-set.ts";
import { TASK_SET_TEXTS as SAID } from "./texts.ts";
import { describeTaskSet } from "./view.ts";

const notFound = () => new AwsError("TaskSetNotFoundException", SAID.notFound());

interface Named {
  readonly cluster: string | undefined;
  readonly service: string | undefined;
}

/** The service that a call is about, which others than ECS deploy. */
function requireExternal(
  context: CallContext,
  named: Named,
): { cluster: Cluster; service: EcsService } {
  const cluster = requireCluster(context, named.cluster);
  const service = requireService(context, cluster, named.service ?? "");
  if (service.status !== "ACTIVE") throw serviceNotActive();
  if (!hasTaskSets(service)) throw invalidParameter(SAID.onlyExternal());
  return { cluster, service };
}

/** A task set by its id or ARN. */
const findTaskSet = (service: EcsService, reference: string): TaskSet | undefined =>
  taskSetsOf(service).find(({ id }) => id === reference || taskSetArn(service, id) === reference);

function requireTaskSet(service: EcsService, reference: string | undefined): TaskSet {
  const set = findTaskSet(service, reference ?? "");
  if (!set) throw notFound();
  return set;
}

function write(
  context: CallContext,
  service: EcsService,
  changed: TaskSet,
  more: Partial<EcsService> = {},
) {
  const set = { ...changed, updatedAt: context.clock.now() };
  const deployments = (more.deployments ?? service.deployments).map((it) =>
    it.id === set.id ? set : it,
  );
  const after = context.store
    .of(ecsServices)
    .put(service.arn, { ...service, ...more, deployments });
  return describeTaskSet(context.store, after, set, true);
}

/** What a service takes over from its primary task set. */
export const ofPrimary = (set: Deployment): Partial<EcsService> => ({
  taskDefinitionArn: set.taskDefinitionArn,
  launchType: set.launchType,
  capacityProviderStrategy: set.capacityProviderStrategy,
  platformVersion: set.platformVersion,
  platformFamily: set.platformVersion && "Linux",
  networkConfiguration: set.networkConfiguration,
  loadBalancers: set.loadBalancers,
});

/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-type-external.html */
export const taskSetHandlers: EcsHandlers = {
  CreateTaskSet(input, context) {
    const { cluster: name, service: named, ...wanted } = input;
    const { cluster, service } = requireExternal(context, { cluster: name, service: named });
    const made = createTaskSet(wanted, context, cluster, service);
    return { taskSet: describeTaskSet(context.store, made.service, made.set, true) };
  },

  UpdateTaskSet({ cluster, service: named, taskSet, scale }, context) {
    const { service } = requireExternal(context, { cluster, service: named });
    const set = requireTaskSet(service, taskSet);
    if (set.status === "INACTIVE") throw invalidParameter(SAID.draining());
    const percent = toPercent(scale);
    return {
      taskSet: write(context, service, { ...set, taskSet: { ...set.taskSet, scale: percent } }),
    };
  },

  DeleteTaskSet({ cluster, service: named, taskSet, force }, context) {
    const { service } = requireExternal(context, { cluster, service: named });
    const set = requireTaskSet(service, taskSet);
    if (set.taskSet.scale > 0 && !force) throw invalidParameter(SAID.scaled());
    return {
      taskSet: write(context, service, {
        ...set,
        status: "INACTIVE",
        rolloutState: "IN_PROGRESS",
        desiredCount: 0,
        taskSet: { ...set.taskSet, scale: 0 },
      }),
    };
  },

  DescribeTaskSets({ cluster, service: named, taskSets, include = [] }, context) {
    const { service } = requireExternal(context, { cluster, service: named });
    const all = taskSetsOf(service);
    const found = taskSets?.length
      ? taskSets.flatMap((each) => findTaskSet(service, each) ?? [])
      : all;
    const missing = (taskSets ?? []).filter((each) => !findTaskSet(service, each));
    return {
      taskSets: found.map((set) =>
        describeTaskSet(context.store, service, set, include.includes("TAGS")),
      ),
      failures: missing.map((arn) => ({ arn, reason: "MISSING" })),
    };
  },

  UpdateServicePrimaryTaskSet({ cluster, service: named, primaryTaskSet }, context) {
    const { service } = requireExternal(context, { cluster, service: named });
    const set = requireTaskSet(service, primaryTaskSet);
    if (set.status === "INACTIVE") throw invalidParameter(SAID.draining());
    const deployments = service.deployments.map((it): Deployment =>
      it.status === "PRIMARY" ? { ...it, status: "ACTIVE" } : it,
    );
    const primary: TaskSet = { ...set, status: "PRIMARY" };
    return {
      taskSet: write(context, service, primary, { ...ofPrimary(set), deployments }),
    };
  },
};
