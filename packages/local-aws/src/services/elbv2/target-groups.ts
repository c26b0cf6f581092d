import type * as Sdk from "@aws-sdk/client-elastic-load-balancing-v2";
import type { Scope } from "../../store/store.ts";
import { vpcs } from "../ec2/state.ts";
import { checkArn, targetGroupArn } from "./arns.ts";
import {
  changeAttributes,
  defaultsOf,
  listAttributes,
  TARGET_GROUP_ATTRIBUTES,
} from "./attributes.ts";
import type { Elbv2Handlers } from "./handlers.ts";
import { changedHealthCheck, defaultHealthCheck } from "./health-check.ts";
import { groupsByName, listenersByGroup, registrationsByGroup, rulesByGroup } from "./indexes.ts";
import { checkTargetGroupName } from "./names.ts";
import { page } from "./pages.ts";
import {
  listeners,
  loadBalancers,
  registrationId,
  rules,
  targetGroups,
  targetHealths,
  targetRegistrations,
  type TargetGroup,
} from "./state.ts";
import { withTags } from "./tags.ts";
import { unsupported } from "../kit/faults.ts";
import {
  badAttribute,
  checkCount,
  sameNameOtherSettings,
  targetGroupInUse,
  targetGroupNotFound,
  validationError,
  vpcNotFound,
} from "./faults.ts";

/** @throws AwsError TargetGroupNotFound, ValidationError where `arn` is none of a target group */
export function requireTargetGroup(scope: Scope, arn: string): Readonly<TargetGroup> {
  checkArn(arn, "targetgroup");
  const group = scope.of(targetGroups).get(arn);
  if (!group) throw targetGroupNotFound();
  return group;
}

/** ARNs of the load balancers whose listeners or rules forward to the target group. */
export function usersOf(scope: Scope, arn: string): string[] {
  const all = scope.of(listeners);
  const users = all.by(listenersByGroup, arn).map(({ loadBalancerArn }) => loadBalancerArn);
  for (const { listenerArn } of scope.of(rules).by(rulesByGroup, arn))
    users.push(all.get(listenerArn)!.loadBalancerArn);
  return [...new Set(users)];
}

function describe(scope: Scope, group: Readonly<TargetGroup>): Sdk.TargetGroup {
  const { healthCheck: check } = group;
  return {
    TargetGroupArn: group.arn,
    TargetGroupName: group.name,
    Protocol: group.protocol as Sdk.ProtocolEnum,
    Port: group.port,
    VpcId: group.vpcId,
    HealthCheckProtocol: check.protocol as Sdk.ProtocolEnum,
    HealthCheckPort: check.port,
    HealthCheckEnabled: check.enabled,
    HealthCheckIntervalSeconds: check.intervalSeconds,
    HealthCheckTimeoutSeconds: check.timeoutSeconds,
    HealthyThresholdCount: check.healthyThreshold,
    UnhealthyThresholdCount: check.unhealthyThreshold,
    HealthCheckPath: check.path,
    Matcher: { HttpCode: check.matcher },
    LoadBalancerArns: usersOf(scope, group.arn),
    TargetType: group.targetType,
    ProtocolVersion: group.protocolVersion,
    IpAddressType: group.ipAddressType as Sdk.TargetGroupIpAddressTypeEnum,
  };
}

function checkKind(input: Parameters<NonNullable<Elbv2Handlers["CreateTargetGroup"]>>[0]): void {
  const { TargetType: type = "instance", Protocol: protocol, ProtocolVersion } = input;
  // Terraform sends an empty text where nothing is said.
  const version = ProtocolVersion || undefined;
  if (type !== "ip" && type !== "instance") throw unsupported(`target groups of type '${type}'`);
  if (protocol === undefined) throw validationError("A protocol must be specified");
  if (protocol !== "HTTP" && protocol !== "HTTPS")
    throw unsupported(`target groups of protocol '${protocol}'`);
  if (version !== undefined && version !== "HTTP1")
    throw unsupported(`target groups of protocol version '${version}'`);
  if (input.IpAddressType === "ipv6") throw unsupported("target groups of IPv6 addresses");
  if (input.TargetControlPort !== undefined) throw unsupported("target control ports");
  if (input.Port === undefined) throw validationError("A port must be specified");
  if (input.VpcId === undefined) throw validationError("A VPC ID must be specified");
}

function sameSettings(one: Readonly<TargetGroup>, other: TargetGroup): boolean {
  const key = ({ arn: _arn, attributes: _attributes, tags, ...rest }: Readonly<TargetGroup>) =>
    JSON.stringify([rest, Object.entries(tags).sort()]);
  return key(one) === key(other);
}

export const targetGroupHandlers: Elbv2Handlers = {
  CreateTargetGroup(input, { store, account, region }) {
    const { Name: name } = input;
    checkTargetGroupName(name);
    checkKind(input);
    const vpcId = input.VpcId!;
    if (!store.of(vpcs).has(vpcId)) throw vpcNotFound(vpcId);
    const arn = targetGroupArn({ account, region }, name);
    const group: TargetGroup = {
      arn,
      name,
      protocol: input.Protocol!,
      protocolVersion: input.ProtocolVersion || "HTTP1",
      port: input.Port!,
      vpcId,
      targetType: input.TargetType === "ip" ? "ip" : "instance",
      ipAddressType: "ipv4",
      healthCheck: changedHealthCheck(defaultHealthCheck(), input),
      attributes: defaultsOf(TARGET_GROUP_ATTRIBUTES),
      tags: withTags({}, input.Tags),
    };
    const [existing] = store.of(targetGroups).by(groupsByName, name);
    if (existing) {
      if (!sameSettings(existing, group)) throw sameNameOtherSettings("target group", name);
      return { TargetGroups: [describe(store, existing)] };
    }
    return { TargetGroups: [describe(store, store.of(targetGroups).put(arn, group))] };
  },

  ModifyTargetGroup(input, { store }) {
    const group = requireTargetGroup(store, input.TargetGroupArn);
    const healthCheck = changedHealthCheck(group.healthCheck, input);
    const changed = store.of(targetGroups).patch(group.arn, { healthCheck });
    return { TargetGroups: [describe(store, changed)] };
  },

  DescribeTargetGroups(input, { store }) {
    const { TargetGroupArns: arns, Names: names, LoadBalancerArn: balancer } = input;
    if ([arns?.length, names?.length, balancer].filter(Boolean).length > 1)
      throw validationError(
        "Only one of target group names, target group ARNs and a load balancer ARN can be specified",
      );
    checkCount("target groups", arns, names);
    let found: readonly Readonly<TargetGroup>[] = [];
    if (arns?.length) {
      found = [...new Set(arns)].map((arn) => requireTargetGroup(store, arn));
    }
    if (names?.length) {
      const named = [...new Set(names)].map((name) =>
        store.of(targetGroups).by(groupsByName, name),
      );
      if (named.some((groups) => groups.length === 0)) throw targetGroupNotFound();
      found = named.flat();
    }
    if (balancer !== undefined) {
      checkArn(balancer, "loadbalancer");
      if (!store.of(loadBalancers).has(balancer)) throw targetGroupNotFound();
      found = store
        .of(targetGroups)
        .values()
        .filter(({ arn }) => usersOf(store, arn).includes(balancer));
    }
    if (!arns?.length && !names?.length && balancer === undefined)
      found = store.of(targetGroups).values();
    const { items, NextMarker } = page(found, input, "target-groups", ({ arn }) => arn);
    return { TargetGroups: items.map((group) => describe(store, group)), NextMarker };
  },

  DeleteTargetGroup({ TargetGroupArn: arn }, { store }) {
    checkArn(arn, "targetgroup");
    if (!store.of(targetGroups).has(arn)) return {};
    if (usersOf(store, arn).length > 0) throw targetGroupInUse(arn);
    const registrations = store.of(targetRegistrations);
    for (const { id, port } of registrations.by(registrationsByGroup, arn)) {
      registrations.delete(registrationId(arn, id, port));
      store.of(targetHealths).delete(registrationId(arn, id, port));
    }
    store.of(targetGroups).delete(arn);
    return {};
  },

  DescribeTargetGroupAttributes({ TargetGroupArn }, { store }) {
    const { attributes } = requireTargetGroup(store, TargetGroupArn);
    return { Attributes: listAttributes(TARGET_GROUP_ATTRIBUTES, attributes) };
  },

  ModifyTargetGroupAttributes({ TargetGroupArn, Attributes }, { store }) {
    const group = requireTargetGroup(store, TargetGroupArn);
    const attributes = changeAttributes(
      "Target group",
      TARGET_GROUP_ATTRIBUTES,
      group.attributes,
      Attributes,
    );
    checkTogether(attributes);
    store.of(targetGroups).patch(group.arn, { attributes });
    return { Attributes: listAttributes(TARGET_GROUP_ATTRIBUTES, attributes) };
  },
};

/** What attributes ask of each other. https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-target-group-attributes.html */
function checkTogether(attributes: Readonly<Record<string, string>>): void {
  const algorithm = attributes["load_balancing.algorithm.type"]!;
  if (attributes["slow_start.duration_seconds"] !== "0" && algorithm !== "round_robin")
    throw badAttribute(
      "load_balancing.algorithm.type",
      algorithm,
      "'round_robin' while slow start is enabled",
    );
  const appCookie =
    attributes["stickiness.enabled"] === "true" && attributes["stickiness.type"] === "app_cookie";
  const name = attributes["stickiness.app_cookie.cookie_name"]!;
  if (appCookie && (name === "" || /^AWSALB/i.test(name)))
    throw badAttribute(
      "stickiness.app_cookie.cookie_name",
      name,
      "the name of a cookie of the application, not one of the load balancer's own",
    );
}
