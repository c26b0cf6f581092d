import type * as Sdk from "@aws-sdk/client-elastic-load-balancing-v2";
import type { Scope } from "../../store/store.ts";
import { containsAddress, parseAddress, storedCidr } from "../../ground/cidr.ts";
import { instances } from "../ec2/instances/state.ts";
import { subnets, vpcs } from "../ec2/state.ts";
import {
  registrationId,
  targetGroups,
  targetHealths,
  targetRegistrations,
  type TargetRegistration,
  type TargetGroup,
} from "./state.ts";
import { targetGroupNotFound, invalidTarget, validationError } from "./faults.ts";
import type { Elbv2Handlers } from "./handlers.ts";
import { DRAINING, NOT_REGISTERED, REGISTERING, type HealthWords } from "./health-words.ts";
import { registrationsByGroup } from "./indexes.ts";
import { requireTargetGroup } from "./target-groups.ts";

/** One target of one target group, at the time of the call. */
export interface TargetRequest {
  readonly targetGroupArn: string;
  /** An address for target groups of type `ip`, an instance id for type `instance`. */
  readonly id: string;
  readonly port: number;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/**
 * Puts a target into its target group, in the transaction under way. One that is registered already stays as it is; one
 * that drains is taken back. The health checker finds out the rest.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_RegisterTargets.html
 * @throws AwsError TargetGroupNotFound
 */
export function registerTarget(
  scope: Scope,
  target: TargetRequest & { readonly availabilityZone?: string | undefined },
): Readonly<TargetRegistration> {
  const { targetGroupArn, id, port, availabilityZone, now } = target;
  if (!scope.of(targetGroups).has(targetGroupArn)) throw targetGroupNotFound(targetGroupArn);
  const key = registrationId(targetGroupArn, id, port);
  const existing = scope.of(targetRegistrations).get(key);
  if (existing && existing.drainingSince === undefined) return existing;
  scope.of(targetHealths).delete(key);
  const registration: TargetRegistration = { targetGroupArn, id, port, registeredAt: now };
  if (availabilityZone !== undefined) registration.availabilityZone = availabilityZone;
  return scope.of(targetRegistrations).put(key, registration);
}

/**
 * Begins to drain a target, in the transaction under way: it is given no new requests from now on, and the registration
 * goes when the deregistration delay is over. False where it was not registered or drains already.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-target-group-attributes.html#deregistration-delay
 */
export function deregisterTarget(scope: Scope, target: TargetRequest): boolean {
  const { targetGroupArn, id, port, now } = target;
  const key = registrationId(targetGroupArn, id, port);
  const existing = scope.of(targetRegistrations).get(key);
  if (!existing || existing.drainingSince !== undefined) return false;
  scope.of(targetRegistrations).patch(key, { drainingSince: now });
  return true;
}

/** Blocks outside of the VPC that targets may be in. https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-target-groups.html#target-type */
const PRIVATE_BLOCKS = ["10.0.0.0/8", "100.64.0.0/10", "172.16.0.0/12", "192.168.0.0/16"];

/** The zone that a target is in; `all` for addresses outside of the VPC. */
function zoneOf(scope: Scope, group: Readonly<TargetGroup>, target: Sdk.TargetDescription) {
  const id = target.Id ?? "";
  if (group.targetType === "instance") return zoneOfInstance(scope, group, id);
  const address = parseAddress(id);
  if (address === undefined)
    throw validationError(`The IP address '${id}' is not a valid IPv4 address`);
  const vpc = scope.of(vpcs).get(group.vpcId);
  if (vpc && containsAddress(storedCidr(vpc.cidrBlock), address)) {
    const subnet = scope
      .of(subnets)
      .find(
        ({ vpcId, cidrBlock }) =>
          vpcId === group.vpcId && containsAddress(storedCidr(cidrBlock), address),
      );
    if (!subnet)
      throw invalidTarget(`The IP address '${id}' is not within subnets in VPC '${group.vpcId}'`);
    return subnet.availabilityZone;
  }
  if (!PRIVATE_BLOCKS.some((block) => containsAddress(storedCidr(block), address)))
    throw invalidTarget(
      `The IP address '${id}' must be in one of the following CIDRs: [${PRIVATE_BLOCKS.join(", ")}]`,
    );
  if (target.AvailabilityZone !== "all")
    throw invalidTarget(
      `You must specify Availability Zone 'all' for IP address '${id}': it is outside of the VPC`,
    );
  return "all";
}

function zoneOfInstance(scope: Scope, group: Readonly<TargetGroup>, id: string): string {
  const instance = scope.of(instances).get(id);
  if (!instance) throw invalidTarget(`The instance ID '${id}' does not exist`);
  if (instance.state !== "running" && instance.state !== "pending")
    throw invalidTarget(
      `The following targets are not in a running state and cannot be registered: '${id}'`,
    );
  if (instance.vpcId !== group.vpcId)
    throw invalidTarget(
      `The following targets are not in the target group VPC '${group.vpcId}': '${id}'`,
    );
  return instance.availabilityZone;
}

function describe(
  group: Readonly<TargetGroup>,
  target: Pick<TargetRegistration, "id" | "port" | "availabilityZone">,
  { state, reason, description }: HealthWords,
): Sdk.TargetHealthDescription {
  const { port } = group.healthCheck;
  return {
    Target: { Id: target.id, Port: target.port, AvailabilityZone: target.availabilityZone },
    HealthCheckPort: port === "traffic-port" ? String(target.port) : port,
    TargetHealth: {
      State: state as Sdk.TargetHealthStateEnum,
      Reason: reason as Sdk.TargetHealthReasonEnum | undefined,
      Description: description,
    },
  };
}

/** What the health checker saw last; until it has looked, registration is in progress. */
function healthOf(scope: Scope, registration: Readonly<TargetRegistration>): HealthWords {
  if (registration.drainingSince !== undefined) return DRAINING;
  const { targetGroupArn, id, port } = registration;
  return scope.of(targetHealths).get(registrationId(targetGroupArn, id, port)) ?? REGISTERING;
}

export const targetHandlers: Elbv2Handlers = {
  RegisterTargets({ TargetGroupArn, Targets }, { store, clock }) {
    const group = requireTargetGroup(store, TargetGroupArn);
    for (const target of Targets) {
      const availabilityZone = zoneOf(store, group, target);
      const { Id: id = "", Port: port = group.port } = target;
      registerTarget(store, {
        targetGroupArn: group.arn,
        id,
        port,
        availabilityZone,
        now: clock.now(),
      });
    }
    return {};
  },

  DeregisterTargets({ TargetGroupArn, Targets }, { store, clock }) {
    const group = requireTargetGroup(store, TargetGroupArn);
    for (const target of Targets) {
      const matching = registrationsOf(store, group.arn).filter(
        ({ id, port }) => id === target.Id && (target.Port === undefined || port === target.Port),
      );
      for (const { id, port } of matching)
        deregisterTarget(store, { targetGroupArn: group.arn, id, port, now: clock.now() });
    }
    return {};
  },

  DescribeTargetHealth({ TargetGroupArn, Targets }, { store }) {
    const group = requireTargetGroup(store, TargetGroupArn);
    const registered = registrationsOf(store, group.arn);
    if (!Targets?.length)
      return {
        TargetHealthDescriptions: registered.map((registration) =>
          describe(group, registration, healthOf(store, registration)),
        ),
      };
    return {
      TargetHealthDescriptions: Targets.flatMap(({ Id: id = "", Port }) => {
        const found = registered.filter(
          (registration) =>
            registration.id === id && (Port === undefined || registration.port === Port),
        );
        if (found.length === 0)
          return [describe(group, { id, port: Port ?? group.port }, NOT_REGISTERED)];
        return found.map((registration) =>
          describe(group, registration, healthOf(store, registration)),
        );
      }),
    };
  },
};

function registrationsOf(scope: Scope, arn: string): Readonly<TargetRegistration>[] {
  return scope.of(targetRegistrations).by(registrationsByGroup, arn);
}
