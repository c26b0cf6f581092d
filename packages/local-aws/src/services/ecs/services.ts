import type { CallContext } from "../service.ts";
import { ecsArn } from "./arns.ts";
import { createService } from "./create-service.ts";
import { invalidParameter, serviceNotActive } from "./faults.ts";
import type { EcsHandlers } from "./handlers.ts";
import { findService, requireCluster, requireService } from "./lookup.ts";
import { page } from "./pages.ts";
import { currentRollout, endRollout } from "./rollouts/begin.ts";
import { ROLLOUT_TEXTS } from "./rollouts/texts.ts";
import { describeService } from "./service-view.ts";
import { ecsServices, type EcsService } from "./state.ts";
import { TASK_SET_TEXTS } from "./task-sets/texts.ts";
import { TEXTS } from "./texts.ts";
import { updateService } from "./update-service.ts";

/** Most services that one DescribeServices may ask for. */
const MOST_DESCRIBED = 10;

/** From now on the service keeps no tasks; the scheduler makes it INACTIVE when the last one has stopped. */
function drain(context: CallContext, service: EcsService): EcsService {
  const now = context.clock.now();
  const rollout = currentRollout(context.store, service.arn);
  if (rollout) endRollout(context.store, rollout, now, ROLLOUT_TEXTS.deleted());
  return context.store.of(ecsServices).patch(service.arn, {
    status: "DRAINING",
    desiredCount: 0,
    deployments: service.deployments.map((deployment) => ({
      ...deployment,
      desiredCount: 0,
      updatedAt: now,
    })),
  });
}

export const serviceHandlers: EcsHandlers = {
  CreateService(input, context) {
    const service = createService(input, context);
    return { service: describeService(context.store, service, ["TAGS"]) };
  },

  UpdateService(input, context) {
    const service = updateService(input, context);
    return { service: describeService(context.store, service, ["TAGS"]) };
  },

  DeleteService(input, context) {
    const cluster = requireCluster(context, input.cluster);
    const service = requireService(context, cluster, input.service);
    if (service.status === "INACTIVE") throw serviceNotActive();
    const isScaled = service.schedulingStrategy !== "DAEMON" && service.desiredCount > 0;
    if (isScaled && !input.force) throw invalidParameter(TEXTS.serviceScaled());
    if (
      service.deploymentController === "EXTERNAL" &&
      service.deployments.length > 0 &&
      !input.force
    )
      throw invalidParameter(TASK_SET_TEXTS.deploymentsActive());
    const draining = service.status === "DRAINING" ? service : drain(context, service);
    return { service: describeService(context.store, draining, []) };
  },

  DescribeServices(input, context) {
    const cluster = requireCluster(context, input.cluster);
    if (input.services.length === 0) throw invalidParameter(TEXTS.servicesEmpty());
    if (input.services.length > MOST_DESCRIBED)
      throw invalidParameter(TEXTS.tooMany({ what: "Services", limit: MOST_DESCRIBED }));
    const failures: { arn: string; reason: string }[] = [];
    const found: EcsService[] = [];
    for (const reference of input.services) {
      const service = findService(context, cluster, reference);
      if (service) found.push(service);
      else {
        const arn = reference.startsWith("arn:")
          ? reference
          : ecsArn(context, `service/${cluster.name}/${reference}`);
        failures.push({ arn, reason: "MISSING" });
      }
    }
    const include = input.include ?? [];
    return {
      services: found.map((service) => describeService(context.store, service, include)),
      failures,
    };
  },

  ListServices(input, context) {
    const cluster = requireCluster(context, input.cluster);
    const wanted = context.store
      .of(ecsServices)
      .filter((it) => it.clusterArn === cluster.arn && it.status !== "INACTIVE")
      // Those that are here are all managed by their owners.
      .filter(() => (input.resourceManagementType ?? "CUSTOMER") === "CUSTOMER")
      .filter((it) => input.launchType === undefined || it.launchType === input.launchType)
      .filter(
        (it) =>
          input.schedulingStrategy === undefined ||
          it.schedulingStrategy === input.schedulingStrategy,
      );
    const { items, nextToken } = page(wanted, ({ arn }) => arn, input, {
      of: "services",
      defaultSize: 10,
    });
    return { serviceArns: items.map(({ arn }) => arn), nextToken };
  },
};
