import type { SecurityGroupRule } from "@aws-sdk/client-ec2";
import type { NetworkData, Verdict } from "@workbook/local-aws/reachability";

import type { Evidence } from "../finding.ts";

/** A verdict that refuses. */
export type Denial = Extract<Verdict, { allowed: false }>;

const idLike = ({ resourceIds }: Denial, prefix: string): string =>
  resourceIds.find((id) => id.startsWith(prefix)) ?? "";
const allLike = ({ resourceIds }: Denial, prefix: string): readonly string[] =>
  resourceIds.filter((id) => id.startsWith(prefix));

/** A verdict's sentence in Japanese, from its code and its ids; the English one is the verdict's own. */
export function inJapanese(denial: Denial): string {
  const { code, reason } = denial;
  const id = (prefix: string) => idLike(denial, prefix);
  const [, protocol = "tcp", port = ""] = /(\w+) port (\d+)/.exec(reason) ?? [];
  const state = /which is (\w+)/.exec(reason)?.[1] ?? / is (\w+)\.$/.exec(reason)?.[1] ?? "";
  const hasAnswers = reason.includes("the answers");
  const groups = allLike(denial, "sg-");
  const words: Readonly<Record<Denial["code"], string>> = {
    UnknownNetworkInterface: `ネットワークインターフェイス ${id("eni-")} がありません。`,
    SecurityGroupEgress: `セキュリティグループ ${groups.join("、")} のアウトバウンドルールが ${protocol} ポート ${port} への通信を許可していません。`,
    SecurityGroupIngress: `セキュリティグループ ${groups[0] ?? ""} のインバウンドルールが、接続元 (${groups.slice(1).join("、") || /from ([\d.]+)/.exec(reason)?.[1] || ""}) からの ${protocol} ポート ${port} を許可していません。${id("vpce-") && ` (VPC エンドポイント ${id("vpce-")})`}`,
    NetworkAcl: hasAnswers
      ? `サブネット ${id("subnet-")} のネットワーク ACL ${id("acl-")} が、応答 (ポート 32768〜60999) を通しません。ネットワーク ACL はステートレスです。`
      : `サブネット ${id("subnet-")} のネットワーク ACL ${id("acl-")} が ${protocol} ポート ${port} を通しません。`,
    NoRoute: `サブネット ${id("subnet-")} のルートテーブル ${id("rtb-")} に、インターネットへのルート (0.0.0.0/0) がありません。`,
    Blackhole: `サブネット ${id("subnet-")} のルートテーブル ${id("rtb-")} のルートが、存在しないか VPC にアタッチされていないゲートウェイを指しています。`,
    NoPublicAddress: `パブリックサブネット ${id("subnet-")} にあるのにパブリック IP アドレスがないため、インターネットから応答が返りません。`,
    NatGatewayNotAvailable: `サブネット ${id("subnet-")} のルートが指す NAT ゲートウェイ ${id("nat-")} は使えません (${state})。`,
    NatGatewayWithoutInternet: `NAT ゲートウェイ ${id("nat-")} は、インターネットゲートウェイへのルートを持つパブリックサブネットにありません。`,
    DnsDisabled: `VPC ${id("vpc-")} の enableDnsSupport が無効なので、名前解決ができません。`,
    EndpointNotAvailable: `VPC エンドポイント ${id("vpce-")} が使えません (${state || "サブネットなし"})。`,
  };
  return words[code];
}

/** What was looked at for a verdict: the resources that it names, with those of their members that decide. */
export function evidenceOf(network: NetworkData, denial: Denial): Evidence[] {
  return denial.resourceIds.flatMap((id) => describe(network, id) ?? []);
}

function describe(network: NetworkData, id: string): Evidence | undefined {
  const [kind] = id.split("-");
  switch (kind) {
    case "rtb":
      return {
        call: `ec2 describe-route-tables --route-table-ids ${id}`,
        value: routes(network, id),
      };
    case "sg":
      return {
        call: `ec2 describe-security-group-rules --filters Name=group-id,Values=${id}`,
        value: rules(network, id),
      };
    case "acl":
      return {
        call: `ec2 describe-network-acls --network-acl-ids ${id}`,
        value: entries(network, id),
      };
    case "nat": {
      const gateway = network.natGateways.find(({ NatGatewayId }) => NatGatewayId === id);
      const value = gateway ? `${gateway.State}, ${gateway.SubnetId}` : "none";
      return { call: `ec2 describe-nat-gateways --nat-gateway-ids ${id}`, value };
    }
    case "vpce": {
      const endpoint = network.vpcEndpoints.find(({ VpcEndpointId }) => VpcEndpointId === id);
      const value = `${endpoint?.ServiceName} ${endpoint?.State}`;
      return { call: `ec2 describe-vpc-endpoints --vpc-endpoint-ids ${id}`, value };
    }
    case "igw":
      return {
        call: `ec2 describe-internet-gateways --internet-gateway-ids ${id}`,
        value: "not attached",
      };
    case "vpc": {
      const dns = network.dns.find(({ VpcId }) => VpcId === id);
      const value = `enableDnsSupport ${dns?.enableDnsSupport}`;
      return { call: `ec2 describe-vpc-attribute --vpc-id ${id}`, value };
    }
    default:
      return undefined;
  }
}

function routes({ routeTables }: NetworkData, id: string): string {
  const table = routeTables.find(({ RouteTableId }) => RouteTableId === id);
  const list = (table?.Routes ?? []).map((route) => {
    const to = route.DestinationCidrBlock ?? route.DestinationPrefixListId ?? "";
    const by = route.NatGatewayId ?? route.GatewayId ?? route.NetworkInterfaceId ?? "";
    return `${to} → ${by}${route.State === "blackhole" ? " (blackhole)" : ""}`;
  });
  return list.join("; ") || "no routes";
}

function rules({ securityGroupRules }: NetworkData, id: string): string {
  const own = securityGroupRules.filter(({ GroupId }) => GroupId === id);
  return own.map(ruleText).join("; ") || "no rules";
}

function ruleText(rule: SecurityGroupRule): string {
  const { IsEgress, IpProtocol, FromPort, ToPort } = rule;
  const ports = FromPort === ToPort ? `${FromPort}` : `${FromPort}-${ToPort}`;
  const peer = rule.CidrIpv4 ?? rule.ReferencedGroupInfo?.GroupId ?? rule.PrefixListId ?? "";
  const what = IpProtocol === "-1" ? "all" : `${IpProtocol} ${ports}`;
  return `${IsEgress ? "out" : "in"} ${what} ${peer}`;
}

function entries({ networkAcls }: NetworkData, id: string): string {
  const acl = networkAcls.find(({ NetworkAclId }) => NetworkAclId === id);
  const list = (acl?.Entries ?? []).map(
    ({ Egress, RuleNumber, RuleAction, Protocol, CidrBlock, PortRange }) =>
      `${Egress ? "out" : "in"} ${RuleNumber} ${RuleAction} ${Protocol === "-1" ? "all" : Protocol}${PortRange ? ` ${PortRange.From}-${PortRange.To}` : ""} ${CidrBlock}`,
  );
  return list.join("; ");
}
