import type { RightsTable } from "../kit/rights.ts";
import type { CallContext } from "../service.ts";
import { listeners, loadBalancers, rules, targetGroups } from "./state.ts";

const named =
  (kind: "loadbalancer/app" | "targetgroup") =>
  ({ Name }: { Name: string }, { region, account }: CallContext) =>
    `arn:aws:elasticloadbalancing:${region}:${account}:${kind}/${Name}/*`;

/** What IAM has to allow who uses load balancers. https://docs.aws.amazon.com/service-authorization/latest/reference/list_awselasticloadbalancingv2.html */
export const rights: RightsTable<CallContext> = {
  prefix: "elasticloadbalancing",
  resources: [
    [named("loadbalancer/app"), "CreateLoadBalancer"],
    [named("targetgroup"), "CreateTargetGroup"],
    [
      ({ LoadBalancerArn }: { LoadBalancerArn: string }) => LoadBalancerArn,
      "DeleteLoadBalancer SetSecurityGroups SetSubnets SetIpAddressType ModifyLoadBalancerAttributes CreateListener",
    ],
    [
      ({ TargetGroupArn }: { TargetGroupArn: string }) => TargetGroupArn,
      "ModifyTargetGroup DeleteTargetGroup ModifyTargetGroupAttributes RegisterTargets DeregisterTargets",
    ],
    [
      ({ ListenerArn }: { ListenerArn: string }) => ListenerArn,
      "ModifyListener DeleteListener ModifyListenerAttributes CreateRule",
    ],
    [({ RuleArn }: { RuleArn: string }) => RuleArn, "ModifyRule DeleteRule"],
    [
      ({ RulePriorities }: { RulePriorities: { RuleArn?: string }[] }) =>
        RulePriorities.map(({ RuleArn = "*" }) => RuleArn),
      "SetRulePriorities",
    ],
    [({ ResourceArns }: { ResourceArns: string[] }) => ResourceArns, "AddTags RemoveTags"],
  ],
  tagsOf(arn, { store }) {
    const kinds = [loadBalancers, targetGroups, listeners, rules] as const;
    return kinds.map((kind) => store.of<{ tags: Tags }>(kind).get(arn)).find((one) => one)?.tags;
  },
};

type Tags = Readonly<Record<string, string>>;
