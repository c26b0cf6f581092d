import type { ListContainerInstancesRequest } from "@aws-sdk/client-ecs";
import type { CallContext } from "../../service.ts";
import { invalidParameter } from "../faults.ts";
import type { EcsHandlers } from "../handlers.ts";
import { requireCluster } from "../lookup.ts";
import { page } from "../pages.ts";
import { parseQuery, QueryError, type Query } from "../placement/cluster-query.ts";
import { toCandidate } from "../placement/fitting.ts";
import { tasksOn } from "../placement/remaining.ts";
import { tasks } from "../state.ts";
import { INSTANCE_TEXTS as SAID } from "../instance-texts.ts";
import { TEXTS } from "../texts.ts";
import { findContainerInstance, instanceArnOf, requireContainerInstance } from "./find.ts";
import {
  containerInstances,
  containerInstancesByCluster,
  type ContainerInstance,
} from "./state.ts";
import { describeContainerInstance } from "./view.ts";

const MOST_DESCRIBED = 100;
const MOST_UPDATED = 10;

/** A query that a request brings. @throws AwsError `InvalidParameterException` for one that is none */
export function toQuery(expression: string): Query {
  try {
    return parseQuery(expression);
  } catch (error) {
    if (!(error instanceof QueryError)) throw error;
    throw invalidParameter(SAID.expressionInvalid({ expression: error.message }));
  }
}

function list(
  { filter, status }: ListContainerInstancesRequest,
  { store }: CallContext,
  clusterArn: string,
): readonly ContainerInstance[] {
  const query = filter ? toQuery(filter) : () => true;
  return store
    .of(containerInstances)
    .by(containerInstancesByCluster, clusterArn)
    .filter((it) => status === undefined || it.status === status)
    .filter((it) => query(toCandidate(store, it)));
}

/** Finds each of several references, or tells which are missing. */
function findAll(context: CallContext, reference: string | undefined, wanted: readonly string[]) {
  const cluster = requireCluster(context, reference);
  if (wanted.length === 0) throw invalidParameter(SAID.instancesEmpty());
  const found: ContainerInstance[] = [];
  const failures: { arn: string; reason: string }[] = [];
  for (const each of wanted) {
    const instance = findContainerInstance(context, cluster, each);
    if (instance) found.push(instance);
    else failures.push({ arn: instanceArnOf(context, cluster, each), reason: "MISSING" });
  }
  return { found, failures };
}

/** Instances that have joined a cluster. https://docs.aws.amazon.com/AmazonECS/latest/developerguide/create-capacity.html */
export const containerInstanceHandlers: EcsHandlers = {
  ListContainerInstances(input, context) {
    const cluster = requireCluster(context, input.cluster);
    const found = list(input, context, cluster.arn);
    const { items, nextToken } = page(found, ({ arn }) => arn, input, {
      of: "container-instances",
    });
    return { containerInstanceArns: items.map(({ arn }) => arn), nextToken };
  },

  DescribeContainerInstances(input, context) {
    const wanted = input.containerInstances;
    if (wanted.length > MOST_DESCRIBED)
      throw invalidParameter(TEXTS.tooMany({ what: "Container instances", limit: MOST_DESCRIBED }));
    const { found, failures } = findAll(context, input.cluster, wanted);
    return {
      containerInstances: found.map((it) =>
        describeContainerInstance(context.store, it, input.include),
      ),
      failures,
    };
  },

  UpdateContainerInstancesState(input, context) {
    const wanted = input.containerInstances;
    const status = input.status;
    if (status !== "ACTIVE" && status !== "DRAINING") throw invalidParameter(SAID.statusInvalid());
    if (wanted.length > MOST_UPDATED)
      throw invalidParameter(TEXTS.tooMany({ what: "Container instances", limit: MOST_UPDATED }));
    const { found, failures } = findAll(context, input.cluster, wanted);
    const changed = found.map(({ arn, version }) =>
      context.store.of(containerInstances).patch(arn, { status, version: version + 1 }),
    );
    return {
      containerInstances: changed.map((it) => describeContainerInstance(context.store, it)),
      failures,
    };
  },

  /**
   * Where agents ask for work; tools hand it on to the Session Manager plugin. Here all APIs have one address.
   * https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DiscoverPollEndpoint.html
   */
  DiscoverPollEndpoint(input, context) {
    const cluster = requireCluster(context, input.cluster);
    if (input.containerInstance)
      requireContainerInstance(context, cluster, input.containerInstance);
    return { endpoint: context.settings.endpoint };
  },

  DeregisterContainerInstance(input, context) {
    const cluster = requireCluster(context, input.cluster);
    const instance = requireContainerInstance(context, cluster, input.containerInstance);
    const left = tasksOn(context.store, instance.arn);
    if (left.length > 0 && !input.force) throw invalidParameter(SAID.instanceHasTasks());
    // What ran on it goes on as orphans on AWS; a service starts others. Here, they are told to stop.
    for (const { arn, version, desiredStatus } of left)
      if (desiredStatus !== "STOPPED")
        context.store.of(tasks).patch(arn, {
          desiredStatus: "STOPPED",
          stopCode: "ServiceSchedulerInitiated",
          stoppedReason: SAID.instanceDeregistered(),
          stoppingAt: context.clock.now(),
          version: version + 1,
        });
    context.store.of(containerInstances).delete(instance.arn);
    const gone: ContainerInstance = { ...instance, status: "INACTIVE", agentConnected: false };
    return { containerInstance: describeContainerInstance(context.store, gone) };
  },
};
