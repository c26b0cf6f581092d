import type * as Sdk from "@aws-sdk/client-elastic-load-balancing-v2";
import { networkInterfaces } from "../ec2/state.ts";
import { ensureServiceLinkedRole } from "../iam/service-linked-roles.ts";
import { checkArn, loadBalancerArn, requireLoadBalancer } from "./arns.ts";
import {
  changeAttributes,
  defaultsOf,
  listAttributes,
  LOAD_BALANCER_ATTRIBUTES,
} from "./attributes.ts";
import type { Elbv2Handlers } from "./handlers.ts";
import { deleteListener } from "./listeners.ts";
import { checkLoadBalancerName, dnsNameOf, hostedZoneOf } from "./names.ts";
import { listenersByBalancer } from "./indexes.ts";
import { page } from "./pages.ts";
import { listeners, loadBalancers, type LoadBalancer } from "./state.ts";
import { withTags } from "./tags.ts";
import { unsupported } from "../kit/faults.ts";
import {
  checkCount,
  deletionProtected,
  loadBalancersNotFound,
  sameNameOtherSettings,
  validationError,
} from "./faults.ts";
import { attachZone, detachZone, securityGroupsOf, subnetsOf } from "./zones.ts";

function describe(balancer: Readonly<LoadBalancer>): Sdk.LoadBalancer {
  return {
    LoadBalancerArn: balancer.arn,
    DNSName: balancer.dnsName,
    CanonicalHostedZoneId: balancer.canonicalHostedZoneId,
    CreatedTime: new Date(balancer.createdTime),
    LoadBalancerName: balancer.name,
    Scheme: balancer.scheme,
    VpcId: balancer.vpcId,
    State: { Code: balancer.state },
    Type: balancer.type,
    AvailabilityZones: describeZones(balancer),
    SecurityGroups: [...balancer.securityGroupIds],
    IpAddressType: balancer.ipAddressType as Sdk.IpAddressType,
  };
}

function describeZones(balancer: Readonly<LoadBalancer>): Sdk.AvailabilityZone[] {
  return balancer.availabilityZones.map(({ zoneName, subnetId }) => ({
    ZoneName: zoneName,
    SubnetId: subnetId,
    LoadBalancerAddresses: [],
  }));
}

/** Creating what is there already, with the same settings, answers what is there. */
function sameSettings(existing: Readonly<LoadBalancer>, asked: LoadBalancer, subnetIds: string[]) {
  const key = (balancer: Readonly<LoadBalancer>, ids: readonly string[]) =>
    JSON.stringify([
      balancer.scheme,
      balancer.ipAddressType,
      [...balancer.securityGroupIds].sort(),
      [...ids].sort(),
      Object.entries(balancer.tags).sort(),
    ]);
  const ids = existing.availabilityZones.map(({ subnetId }) => subnetId);
  return key(existing, ids) === key(asked, subnetIds);
}

function checkKind(input: Sdk.CreateLoadBalancerInput) {
  if ((input.Type ?? "application") !== "application")
    throw unsupported(`load balancers of type '${input.Type}'`);
  checkIpAddressType(input.IpAddressType ?? "ipv4");
}

function checkIpAddressType(type: string): void {
  if (type !== "ipv4") throw unsupported(`load balancers with IP address type '${type}'`);
}

export const loadBalancerHandlers: Elbv2Handlers = {
  CreateLoadBalancer(input, { store, account, region, clock }) {
    const { Name: name } = input;
    checkKind(input);
    checkLoadBalancerName(name);
    const scheme = input.Scheme ?? "internet-facing";
    const tags = withTags({}, input.Tags);
    const existing = store.of(loadBalancers).find((balancer) => balancer.name === name);
    const inUse = existing?.availabilityZones.map(({ subnetId }) => subnetId);
    const chosen = subnetsOf(store, input, scheme, inUse);
    const vpcId = chosen[0]!.vpcId;
    const arn = loadBalancerArn({ account, region }, name);
    const balancer: LoadBalancer = {
      arn,
      name,
      dnsName: dnsNameOf(name, scheme, region),
      canonicalHostedZoneId: hostedZoneOf(region),
      type: "application",
      scheme,
      ipAddressType: "ipv4",
      vpcId,
      state: "provisioning",
      securityGroupIds: securityGroupsOf(store, vpcId, input.SecurityGroups),
      availabilityZones: [],
      attributes: defaultsOf(LOAD_BALANCER_ATTRIBUTES),
      tags,
      createdTime: clock.now(),
    };
    if (existing) {
      const ids = chosen.map(({ subnetId }) => subnetId);
      if (!sameSettings(existing, balancer, ids))
        throw sameNameOtherSettings("load balancer", name);
      return { LoadBalancers: [describe(existing)] };
    }
    balancer.availabilityZones = chosen.map((subnet) =>
      attachZone(store, balancer, subnet, clock.now()),
    );
    // https://docs.aws.amazon.com/elasticloadbalancing/latest/userguide/elb-service-linked-roles.html
    ensureServiceLinkedRole(store, "elasticloadbalancing.amazonaws.com", clock.now());
    return { LoadBalancers: [describe(store.of(loadBalancers).put(arn, balancer))] };
  },

  DescribeLoadBalancers(input, { store }) {
    const { LoadBalancerArns: arns, Names: names } = input;
    if (arns?.length && names?.length)
      throw validationError(
        "Load balancer names and load balancer ARNs cannot be specified together",
      );
    checkCount("load balancers", arns, names);
    let found = store.of(loadBalancers).values();
    if (arns?.length) {
      for (const arn of arns) requireLoadBalancer(store, arn);
      found = found.filter(({ arn }) => arns.includes(arn));
    }
    if (names?.length) {
      const missing = names.filter((name) => !found.some((balancer) => balancer.name === name));
      if (missing.length > 0) throw loadBalancersNotFound(missing);
      found = found.filter(({ name }) => names.includes(name));
    }
    const { items, NextMarker } = page(found, input, "load-balancers", ({ arn }) => arn);
    return { LoadBalancers: items.map(describe), NextMarker };
  },

  DeleteLoadBalancer({ LoadBalancerArn: arn }, { store }) {
    checkArn(arn, "loadbalancer");
    const balancer = store.of(loadBalancers).get(arn);
    if (!balancer) return {};
    if (balancer.attributes["deletion_protection.enabled"] === "true") throw deletionProtected(arn);
    for (const listener of store.of(listeners).by(listenersByBalancer, arn))
      deleteListener(store, listener.arn);
    for (const zone of balancer.availabilityZones) detachZone(store, zone);
    store.of(loadBalancers).delete(arn);
    return {};
  },

  SetSecurityGroups({ LoadBalancerArn, SecurityGroups }, { store }) {
    const balancer = requireLoadBalancer(store, LoadBalancerArn);
    if (SecurityGroups.length === 0)
      throw validationError("At least one security group must be specified");
    const securityGroupIds = securityGroupsOf(store, balancer.vpcId, SecurityGroups);
    store.of(loadBalancers).patch(balancer.arn, { securityGroupIds });
    for (const { networkInterfaceId } of balancer.availabilityZones)
      store.of(networkInterfaces).patch(networkInterfaceId, { securityGroupIds });
    return { SecurityGroupIds: [...securityGroupIds] };
  },

  SetSubnets(input, { store, clock }) {
    const balancer = requireLoadBalancer(store, input.LoadBalancerArn);
    if (input.IpAddressType !== undefined) checkIpAddressType(input.IpAddressType);
    const before = new Map(balancer.availabilityZones.map((zone) => [zone.subnetId, zone]));
    const chosen = subnetsOf(store, input, balancer.scheme, [...before.keys()]);
    const kept = new Set(chosen.map(({ subnetId }) => subnetId));
    for (const [subnetId, zone] of before) if (!kept.has(subnetId)) detachZone(store, zone);
    const availabilityZones = chosen.map(
      (subnet) => before.get(subnet.subnetId) ?? attachZone(store, balancer, subnet, clock.now()),
    );
    const changed = store.of(loadBalancers).patch(balancer.arn, { availabilityZones });
    return {
      AvailabilityZones: describeZones(changed),
      IpAddressType: changed.ipAddressType as Sdk.IpAddressType,
    };
  },

  SetIpAddressType({ LoadBalancerArn, IpAddressType }, { store }) {
    const balancer = requireLoadBalancer(store, LoadBalancerArn);
    checkIpAddressType(IpAddressType);
    return { IpAddressType: balancer.ipAddressType as Sdk.IpAddressType };
  },

  DescribeLoadBalancerAttributes({ LoadBalancerArn }, { store }) {
    const { attributes } = requireLoadBalancer(store, LoadBalancerArn);
    return { Attributes: listAttributes(LOAD_BALANCER_ATTRIBUTES, attributes) };
  },

  DescribeCapacityReservation({ LoadBalancerArn }, { store }) {
    requireLoadBalancer(store, LoadBalancerArn);
    // Capacity cannot be reserved here (ModifyCapacityReservation is refused by name), so none ever is.
    return { CapacityReservationState: [] };
  },

  ModifyLoadBalancerAttributes({ LoadBalancerArn, Attributes }, { store }) {
    const balancer = requireLoadBalancer(store, LoadBalancerArn);
    const attributes = changeAttributes(
      "Load balancer",
      LOAD_BALANCER_ATTRIBUTES,
      balancer.attributes,
      Attributes,
    );
    store.of(loadBalancers).patch(balancer.arn, { attributes });
    return { Attributes: listAttributes(LOAD_BALANCER_ATTRIBUTES, attributes) };
  },
};
