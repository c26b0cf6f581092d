import type { SecurityGroup, SecurityGroupRule } from "@aws-sdk/client-ec2";
import { both, type Words } from "@workbook/toolchain";

import { contains, parseCidr } from "./cidr.ts";
import { groupNamed, type LiveNetwork, subnetsOf, wayOutOf } from "@workbook/lab-kit";

/** Whether one can open a connection to another, and why, or why not. */
export interface ReachabilityRow {
  readonly id: "you-to-alb" | "others-to-alb" | "you-to-tasks" | "alb-to-tasks" | "tasks-out";
  readonly from: Words;
  readonly to: Words;
  readonly port: number;
  readonly reaches: boolean;
  readonly why: Words;
}

/** An address for documentation: nobody's, so anybody else's. https://www.rfc-editor.org/rfc/rfc5737 */
const STRANGER = "198.51.100.1/32";
const HTTPS = 443;
const HTTP = 80;
const YOU = ["you", "自分"] as const;
const BALANCER = ["load balancer", "ロードバランサー"] as const;
const TASKS = ["tasks", "タスク"] as const;

type Verdict = Pick<ReachabilityRow, "reaches" | "why">;

/**
 * Who can reach whom in a network, from its routes and security groups as EC2 has them.
 *
 * https://docs.aws.amazon.com/vpc/latest/userguide/VPC_Security.html
 * @param names the security groups of the load balancer and of the tasks
 */
export function reachabilityOf(
  network: LiveNetwork,
  homeCidr: string,
  names: { readonly alb: string; readonly tasks: string },
): readonly ReachabilityRow[] {
  const alb = groupNamed(network, names.alb);
  const tasks = groupNamed(network, names.tasks);
  const balancer = (cidr: string) =>
    allOf(fromInternet(network, "public"), admits(network, alb, names.alb, HTTP, cidr));
  const privately = allOf(
    fromInternet(network, "private"),
    admits(network, tasks, names.tasks, HTTP, homeCidr),
  );
  const inside = allOf(
    leaves(network, alb, names.alb),
    admits(network, tasks, names.tasks, HTTP, alb?.GroupId, names.alb),
  );
  const out = allOf(leaves(network, tasks, names.tasks), toInternet(network));
  return [
    { id: "you-to-alb", from: YOU, to: BALANCER, port: HTTP, ...balancer(homeCidr) },
    {
      id: "others-to-alb",
      from: ["others", "ほかの人"],
      to: BALANCER,
      port: HTTP,
      ...balancer(STRANGER),
    },
    { id: "you-to-tasks", from: YOU, to: TASKS, port: HTTP, ...privately },
    { id: "alb-to-tasks", from: BALANCER, to: TASKS, port: HTTP, ...inside },
    { id: "tasks-out", from: TASKS, to: ["the internet", "インターネット"], port: HTTPS, ...out },
  ];
}

/** A way of two parts: the first that is closed says why. */
function allOf(first: Verdict, second: Verdict): Verdict {
  if (!first.reaches) return first;
  return second.reaches ? { reaches: true, why: both`${first.why}; ${second.why}` } : second;
}

function fromInternet(network: LiveNetwork, kind: "public" | "private"): Verdict {
  const open = subnetsOf(network, "public");
  if (kind === "private") {
    const closed = subnetsOf(network, "private");
    return closed.length === 0
      ? {
          reaches: true,
          why: [
            "every subnet is open to the internet gateway",
            "すべてのサブネットがインターネットゲートウェイに開いています",
          ],
        }
      : {
          reaches: false,
          why: [
            "no way leads from the internet gateway to a private subnet",
            "インターネットゲートウェイからプライベートサブネットへの経路はありません",
          ],
        };
  }
  const zones = new Set(open.map(({ AvailabilityZone }) => AvailabilityZone));
  return zones.size >= 2
    ? {
        reaches: true,
        why: [
          `internet gateway to ${open.length} public subnets`,
          `インターネットゲートウェイ → パブリックサブネット ${open.length} つ`,
        ],
      }
    : {
        reaches: false,
        why: [
          `public subnets in ${zones.size} zone(s): no place for a load balancer`,
          `パブリックサブネットのある AZ が ${zones.size} つなので、ロードバランサーを置けません`,
        ],
      };
}

function toInternet(network: LiveNetwork): Verdict {
  const closed = subnetsOf(network, "private");
  if (closed.length === 0)
    return {
      reaches: false,
      why: ["there is no private subnet", "プライベートサブネットがありません"],
    };
  for (const { SubnetId } of closed) {
    const way = wayOutOf(network, SubnetId);
    if (way.to !== "nat-gateway")
      return {
        reaches: false,
        why: [`${SubnetId} has no default route`, `${SubnetId} にデフォルトルートがありません`],
      };
    const nat = network.natGateways.find(({ NatGatewayId }) => NatGatewayId === way.id);
    if (nat?.State !== "available")
      return {
        reaches: false,
        why: [`${way.id} is ${nat?.State ?? "gone"}`, `${way.id} の状態: ${nat?.State ?? "なし"}`],
      };
    if (wayOutOf(network, nat.SubnetId).to !== "internet-gateway")
      return {
        reaches: false,
        why: [
          `${way.id} stands in a subnet without a way out`,
          `${way.id} のあるサブネットには外への経路がありません`,
        ],
      };
  }
  return {
    reaches: true,
    why: ["NAT gateway to internet gateway", "NAT ゲートウェイ → インターネットゲートウェイ"],
  };
}

/** Whether a group lets a connection in on a port. @param source a CIDR block, or a group's id */
function admits(
  network: LiveNetwork,
  group: SecurityGroup | undefined,
  name: string,
  port: number,
  source: string | undefined,
  called = source,
): Verdict {
  if (group === undefined) return { reaches: false, why: absent(name) };
  const rule = network.rules.find(
    (each) => isOf(each, group, false) && coversPort(each, port) && isFrom(each, source),
  );
  return rule === undefined
    ? {
        reaches: false,
        why: [
          `${name} does not admit ${called} on ${port}`,
          `${name} は ${called} からポート ${port} への接続を許可していません`,
        ],
      }
    : {
        reaches: true,
        why: [
          `${name} admits ${rule.CidrIpv4 ?? called} on ${port}`,
          `${name} は ${rule.CidrIpv4 ?? called} からポート ${port} への接続を許可しています`,
        ],
      };
}

function absent(name: string): Words {
  return [`there is no security group ${name}`, `セキュリティグループ ${name} がありません`];
}

function leaves(network: LiveNetwork, group: SecurityGroup | undefined, name: string): Verdict {
  if (group === undefined) return { reaches: false, why: absent(name) };
  const rule = network.rules.find(
    (each) => isOf(each, group, true) && each.IpProtocol === "-1" && each.CidrIpv4 === "0.0.0.0/0",
  );
  return rule === undefined
    ? {
        reaches: false,
        why: [`${name} lets nothing out`, `${name} はアウトバウンドを許可していません`],
      }
    : {
        reaches: true,
        why: [`${name} lets everything out`, `${name} はアウトバウンドをすべて許可しています`],
      };
}

function isOf(rule: SecurityGroupRule, group: SecurityGroup, egress: boolean): boolean {
  return rule.GroupId === group.GroupId && rule.IsEgress === egress;
}

function coversPort({ IpProtocol, FromPort = -1, ToPort = -1 }: SecurityGroupRule, port: number) {
  return IpProtocol === "-1" || (IpProtocol === "tcp" && FromPort <= port && port <= ToPort);
}

function isFrom(rule: SecurityGroupRule, source: string | undefined): boolean {
  if (source === undefined) return false;
  if (rule.ReferencedGroupInfo?.GroupId === source) return true;
  const inner = parseCidr(source);
  const outer = parseCidr(rule.CidrIpv4 ?? "");
  return inner !== undefined && outer !== undefined && contains(outer, inner);
}
