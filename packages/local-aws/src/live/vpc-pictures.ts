import { isPublicSubnet } from "../engine/network/reachability.ts";
import type { EffectiveListener } from "../engine/load-balancer/load-balancers.ts";
import {
  internetGateways,
  natGateways,
  subnets,
  type Subnet,
  type Vpc,
} from "../services/ec2/state.ts";
import { tasks } from "../services/ecs/state.ts";
import { actionTargetGroups } from "../services/elbv2/actions.ts";
import { rulesOf } from "../services/elbv2/rules.ts";
import {
  listeners,
  loadBalancers,
  registrationId,
  targetGroups,
  targetHealths,
  targetRegistrations,
  type Listener,
  type LoadBalancer,
  type TargetRegistration,
} from "../services/elbv2/state.ts";
import type { Scope } from "../store/store.ts";
import type {
  ListenerPicture,
  LoadBalancerPicture,
  SubnetPicture,
  TargetGroupPicture,
  TargetPicture,
  VpcPicture,
} from "./messages.ts";

/** Draws a VPC with what is in it. `effective` tells where listeners are on this machine. */
export function vpcPicture(
  scope: Scope,
  { vpcId, cidrBlock, tags }: Readonly<Vpc>,
  effective: readonly EffectiveListener[],
): VpcPicture {
  return {
    vpcId,
    name: tags["Name"] ?? null,
    cidrBlock,
    hasInternetGateway: !!scope.of(internetGateways).find((gateway) => gateway.vpcId === vpcId),
    subnets: scope
      .of(subnets)
      .filter((subnet) => subnet.vpcId === vpcId)
      .map((subnet) => subnetPicture(scope, subnet))
      .sort(byZone),
    loadBalancers: scope
      .of(loadBalancers)
      .filter((balancer) => balancer.vpcId === vpcId)
      .map((balancer) => loadBalancerPicture(scope, balancer, effective)),
  };
}

/** Zone by zone, what is public first; Terraform makes them in any order. */
function byZone(one: SubnetPicture, other: SubnetPicture): number {
  const key = ({ availabilityZone, isPublic, cidrBlock }: SubnetPicture) =>
    `${availabilityZone} ${isPublic ? 0 : 1} ${cidrBlock}`;
  return key(one) < key(other) ? -1 : 1;
}

function subnetPicture(scope: Scope, subnet: Readonly<Subnet>): SubnetPicture {
  const { subnetId, cidrBlock, availabilityZone, tags } = subnet;
  return {
    subnetId,
    name: tags["Name"] ?? null,
    cidrBlock,
    availabilityZone,
    isPublic: isPublicSubnet(scope, subnetId),
    natGateways: scope
      .of(natGateways)
      // EC2 shows a deleted one for another hour.
      .filter((gateway) => gateway.subnetId === subnetId && gateway.state !== "deleted")
      .map(({ natGatewayId, state }) => ({ natGatewayId, state })),
  };
}

function loadBalancerPicture(
  scope: Scope,
  { arn, name, scheme, state, availabilityZones }: Readonly<LoadBalancer>,
  effective: readonly EffectiveListener[],
): LoadBalancerPicture {
  return {
    loadBalancerArn: arn,
    name,
    scheme,
    state,
    subnetIds: availabilityZones.map(({ subnetId }) => subnetId),
    listeners: scope
      .of(listeners)
      .filter(({ loadBalancerArn }) => loadBalancerArn === arn)
      .map((listener) => listenerPicture(scope, listener, effective))
      .sort((one, other) => one.port - other.port),
  };
}

function listenerPicture(
  scope: Scope,
  { arn, protocol, port }: Readonly<Listener>,
  effective: readonly EffectiveListener[],
): ListenerPicture {
  const groups = new Set(rulesOf(scope, arn).flatMap(({ actions }) => actionTargetGroups(actions)));
  return {
    listenerArn: arn,
    protocol,
    port,
    url: urlOf(arn, effective),
    targetGroups: [...groups].map((group) => targetGroupPicture(scope, group)),
  };
}

/**
 * The shared loopback address where no other load balancer listens on the port, else the load balancer's own, else its
 * name: by a bare address, nobody could tell which of two is meant.
 */
function urlOf(arn: string, effective: readonly EffectiveListener[]): string | null {
  const listener = effective.find(({ listenerArn }) => listenerArn === arn);
  const shared = listener?.addresses[0];
  if (!listener || !shared) return null;
  if (effective.filter(({ port }) => port === listener.port).length === 1)
    return `http://${shared.host}:${shared.port}`;
  const own = listener.addresses.find(
    ({ host }) => host.startsWith("127.") && host !== shared.host,
  );
  return `http://${own?.host ?? listener.dnsName}:${own?.port ?? shared.port}`;
}

function targetGroupPicture(scope: Scope, arn: string): TargetGroupPicture {
  return {
    targetGroupArn: arn,
    name: scope.of(targetGroups).get(arn)!.name,
    targets: scope
      .of(targetRegistrations)
      .filter(({ targetGroupArn }) => targetGroupArn === arn)
      .map((registration) => targetPicture(scope, registration)),
  };
}

function targetPicture(
  scope: Scope,
  { targetGroupArn, id, port }: Readonly<TargetRegistration>,
): TargetPicture {
  const health = scope.of(targetHealths).get(registrationId(targetGroupArn, id, port));
  return {
    address: id,
    port,
    taskArn: taskAt(scope, id),
    state: health?.state ?? "initial",
    reason: health?.reason ?? null,
    description: health?.description ?? null,
  };
}

/** The task that has an address now; null where none has. */
export function taskAt(scope: Scope, address: string): string | null {
  const task = scope
    .of(tasks)
    .find((each) => each.privateIpAddress === address && each.lastStatus !== "STOPPED");
  return task?.arn ?? null;
}
