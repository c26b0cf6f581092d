import type { InstanceStateChange, Reservation } from "@aws-sdk/client-ec2";
import type { Scope } from "../../../store/store.ts";
import type { CallContext } from "../../service.ts";
import { describe } from "../describe.ts";
import { invalidParameterValue, operationNotPermitted } from "../faults.ts";
import type { Ec2Handlers } from "../handlers.ts";
import { INSTANCE } from "../resources.ts";
import { instanceFilters } from "./instance-filters.ts";
import { toApiInstance, toApiState } from "./instance-view.ts";
import { templateData } from "./launch-templates.ts";
import { laidOver } from "./launch-data.ts";
import { launchInstances } from "./launch.ts";
import { requireInstance, start, stop, terminate, userInitiated } from "./lifecycle.ts";
import { instances, type Instance } from "./state.ts";

/** Instances put together by the call that launched them. */
function toReservations(found: readonly Readonly<Instance>[], scope: Scope): Reservation[] {
  const byId = Map.groupBy(found, ({ reservationId }) => reservationId);
  return Array.from(byId, ([ReservationId, launched]) => ({
    ReservationId,
    OwnerId: scope.account,
    Groups: [],
    Instances: launched.map((instance) => toApiInstance(instance, scope)),
  }));
}

/** Changes the state of several instances, each there and willing before any is touched; what they were and are. */
function changeStates(
  { store }: CallContext,
  ids: readonly string[],
  change: (instance: Readonly<Instance>) => void,
): InstanceStateChange[] {
  const found = [...new Set(ids)].map((id) => requireInstance(store, id));
  return found.map((instance) => {
    change(instance);
    const { instanceId, state } = instance;
    const after = store.of(instances).get(instanceId)!;
    return {
      InstanceId: instanceId,
      PreviousState: toApiState(state),
      CurrentState: toApiState(after.state),
    };
  });
}

/** Instances. What runs of them is in the engine. */
export const instanceHandlers = {
  RunInstances(input, context) {
    const { store, clock } = context;
    const [least, most] = [input.MinCount ?? 0, input.MaxCount ?? 0];
    if (least < 1 || most < least)
      throw invalidParameterValue(
        `Value (${most}) for parameter maxCount is invalid. maxCount must be at least minCount, and that at least 1.`,
      );
    const template = input.LaunchTemplate && templateData(store, input.LaunchTemplate);
    const launched = launchInstances(laidOver(input, template?.data), {
      scope: store,
      count: most,
      subnetId: input.SubnetId,
      privateIpAddress: input.PrivateIpAddress,
      clientToken: input.ClientToken,
      ...(template && { ownTags: template.tags }),
      now: clock.now(),
    });
    return toReservations(launched, store)[0]!;
  },

  DescribeInstances(input, { store }) {
    const request = { ...input, ids: input.InstanceIds };
    const { items, NextToken } = describe(store, INSTANCE, request, instanceFilters);
    return { Reservations: toReservations(items, store), NextToken };
  },

  TerminateInstances(input, context) {
    const kept = input.InstanceIds.map((id) => requireInstance(context.store, id)).find(
      ({ disableApiTermination }) => disableApiTermination,
    );
    if (kept)
      throw operationNotPermitted(
        `The instance '${kept.instanceId}' may not be terminated. Modify its 'disableApiTermination' instance attribute and try again.`,
      );
    const why = userInitiated(context.clock.now());
    return {
      TerminatingInstances: changeStates(context, input.InstanceIds, (instance) =>
        terminate(context.store, instance, why),
      ),
    };
  },

  StopInstances(input, context) {
    const kept = input.InstanceIds.map((id) => requireInstance(context.store, id)).find(
      ({ disableApiStop }) => disableApiStop,
    );
    if (kept)
      throw operationNotPermitted(
        `The instance '${kept.instanceId}' may not be stopped. Modify its 'disableApiStop' instance attribute and try again.`,
      );
    const why = userInitiated(context.clock.now());
    return {
      StoppingInstances: changeStates(context, input.InstanceIds, (instance) =>
        stop(context.store, instance, why),
      ),
    };
  },

  StartInstances(input, context) {
    return {
      StartingInstances: changeStates(context, input.InstanceIds, (instance) =>
        start(context.store, instance, context.clock.now()),
      ),
    };
  },
} satisfies Ec2Handlers;
