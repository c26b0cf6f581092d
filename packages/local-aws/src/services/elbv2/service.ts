import type { RightsTable } from "../kit/rights.ts";
import { defineService, type CallContext } from "../service.ts";
import { taggedKind, toTagList } from "../kit/tagging.ts";
import type { Members } from "../kit/members.ts";
import { listenerHandlers } from "./listeners.ts";
import { loadBalancerHandlers } from "./load-balancers.ts";
import { referenceHandlers } from "./reference.ts";
import { ruleHandlers } from "./rules.ts";
import { tagHandlers } from "./tags.ts";
import { targetGroupHandlers } from "./target-groups.ts";
import { targetHandlers } from "./targets.ts";
import { listeners, loadBalancers, rules, targetGroups } from "./state.ts";

const named =
  (kind: "loadbalancer/app" | "targetgroup") =>
  ({ Name }: { Name: string }, { region, account }: CallContext) =>
    `arn:aws:elasticloadbalancing:${region}:${account}:${kind}/${Name}/*`;

/** What IAM has to allow who uses load balancers. https://docs.aws.amazon.com/service-authorization/latest/reference/list_awselasticloadbalancingv2.html */
const rights: RightsTable<CallContext> = {
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

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_Operations.html */
const members: Members = {
  refused: {
    CreateLoadBalancerInput: "CustomerOwnedIpv4Pool EnablePrefixForIpv6SourceNat=off IpamPools",
    SetSubnetsInput: "EnablePrefixForIpv6SourceNat=off",
    SetSecurityGroupsInput: "EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic",
    SubnetMapping: "SourceNatIpv6Prefix",
    MutualAuthenticationAttributes:
      "TrustStoreArn IgnoreClientCertificateExpiry AdvertiseTrustStoreCaNames",
    SourceIpConditionConfig: "IpAddressType",
    CreateRuleInput: "Transforms",
    ModifyRuleInput: "Transforms",
    TargetDescription: "QuicServerId",
    DescribeTargetHealthInput: "Include",
  },
  meaningless: [
    {
      why: [
        "An action of its type is refused, and no other looks at it.",
        "このタイプのアクションは拒否され、ほかのタイプのアクションでは参照されません。",
      ],
      members: { Action: "AuthenticateOidcConfig AuthenticateCognitoConfig JwtValidationConfig" },
    },
    {
      why: ["Only answers have it.", "応答だけが持つものです。"],
      members: {
        Certificate: "CertificateArn IsDefault",
        MutualAuthenticationAttributes: "TrustStoreAssociationStatus",
      },
    },
    {
      why: ["No rule has transforms here.", "ここのルールにトランスフォームはありません。"],
      members: { ModifyRuleInput: "ResetTransforms" },
    },
    {
      why: [
        "No listener has certificates here, so the list is always empty.",
        "ここのリスナーに証明書はなく、一覧は常に空です。",
      ],
      members: { DescribeListenerCertificatesInput: "Marker PageSize" },
    },
  ],
  usedIn: {},
};

/**
 * Elastic Load Balancing v2: Application Load Balancers. What the engine makes of them is in `engine/load-balancer`.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/Welcome.html
 */
export const service = defineService({
  id: "elbv2",
  rights,
  members,
  tagging: {
    kinds: [
      taggedKind(loadBalancers),
      taggedKind(targetGroups),
      taggedKind(listeners),
      taggedKind(rules),
    ],
    tag: (arn, tags) => ({
      operation: "AddTags",
      input: { ResourceArns: [arn], Tags: toTagList(tags) },
    }),
    untag: (arn, TagKeys) => ({
      operation: "RemoveTags",
      input: { ResourceArns: [arn], TagKeys },
    }),
  },
  handlers: {
    ...loadBalancerHandlers,
    ...targetGroupHandlers,
    ...listenerHandlers,
    ...ruleHandlers,
    ...targetHandlers,
    ...tagHandlers,
    ...referenceHandlers,
  },
});
