import type { SecurityGroupRule } from "@aws-sdk/client-ec2";
import type { LoadBalancer } from "@aws-sdk/client-elastic-load-balancing-v2";
import { mayConnect } from "@workbook/local-aws/reachability";

import type { Deployed } from "../deployed.ts";
import type { Cause } from "../finding.ts";
import type { FindingId } from "../kinds.ts";
import type { ListenerState } from "../read/read-balancers.ts";
import type { Subject } from "../subject.ts";
import { balancerInterfaces, reachedAt } from "./interfaces.ts";
import { balancerOf, leadsTo } from "./requests.ts";
import { expectedOf } from "./service.ts";
import { targetsOf } from "./target-health.ts";
import { type Denial, evidenceOf, inJapanese } from "./verdict-words.ts";

/** What keeps a load balancer from the tasks: zones, security groups, network ACLs. */
export function toTasks(deployed: Deployed, subject: Subject): Cause[] {
  return targetsOf(deployed, subject).flatMap(({ group, target }) => {
    const arn = group.TargetGroupArn ?? "";
    const balancer = listenersOf(deployed, subject, arn)
      .map((each) => balancerOf(deployed.balancers.balancers, each))
      .find((each) => each !== undefined);
    if (balancer === undefined) return [];
    const zones = zoneCause(deployed, subject, balancer);
    const port = target.containerPort ?? 80;
    const ways = wayCause(deployed, subject, balancer, port);
    return [...zones, ...ways];
  });
}

/** The listeners that lead, or are to lead, to a service. */
function listenersOf(
  deployed: Deployed,
  subject: Subject,
  targetGroupArn: string,
): ListenerState[] {
  const { listeners } = deployed.balancers;
  const users = listeners.filter((each) => leadsTo(each, targetGroupArn));
  const port = expectedOf(deployed, subject)?.port;
  return users.length > 0 ? users : listeners.filter(({ listener }) => listener.Port === port);
}

function zoneCause(
  { network }: Deployed,
  { name, network: own }: Subject,
  { AvailabilityZones = [], LoadBalancerName }: LoadBalancer,
): Cause[] {
  const enabled = AvailabilityZones.map(({ ZoneName }) => ZoneName);
  const lost = network.subnets.filter(
    ({ SubnetId = "", AvailabilityZone }) =>
      own.subnets.includes(SubnetId) && !enabled.includes(AvailabilityZone),
  );
  if (lost.length === 0) return [];
  const where = lost
    .map(({ SubnetId, AvailabilityZone }) => `${SubnetId} (${AvailabilityZone})`)
    .join(", ");
  return [
    {
      id: "load-balancer-zone",
      subject: name,
      cause: [
        `Load balancer ${LoadBalancerName} is enabled in ${enabled.join(", ")} only: tasks of ${name} in ${where} get no requests (Target.NotInUse).`,
        `ロードバランサー ${LoadBalancerName} が有効なのは ${enabled.join("、")} だけです。${where} にある ${name} のタスクにはリクエストが届きません (Target.NotInUse)。`,
      ],
      evidence: [
        {
          call: `elbv2 describe-load-balancers --names ${LoadBalancerName}`,
          value: `AvailabilityZones ${enabled.join(", ")}`,
        },
      ],
    },
  ];
}

function wayCause(
  deployed: Deployed,
  subject: Subject,
  balancer: LoadBalancer,
  containerPort: number,
): Cause[] {
  const { network } = deployed;
  for (const { interface: to, port } of reachedAt(deployed, subject, containerPort))
    for (const from of balancerInterfaces(network, balancer)) {
      const verdict = mayConnect(network, { interface: from }, to, port);
      if (verdict.allowed) continue;
      const other =
        verdict.code === "SecurityGroupIngress"
          ? otherGroup(network, subject, balancer, port)
          : undefined;
      return [other ?? closed(network, subject.name, balancer, verdict, port)];
    }
  return [];
}

/** The tasks admit a group that is made for a load balancer's clients, and the load balancer has another one. */
function otherGroup(
  network: Deployed["network"],
  { name, network: own }: Subject,
  { LoadBalancerName, SecurityGroups = [] }: LoadBalancer,
  port: number,
): Cause | undefined {
  const rules = network.securityGroupRules.filter(({ IsEgress }) => IsEgress === false);
  const admitted = rules
    .filter((rule) => own.securityGroups.includes(rule.GroupId ?? "") && admits(rule, port))
    .flatMap(({ ReferencedGroupInfo }) => ReferencedGroupInfo?.GroupId ?? []);
  const meant = admitted.find(
    (id) =>
      !own.securityGroups.includes(id) &&
      !SecurityGroups.includes(id) &&
      rules.some(({ GroupId, CidrIpv4 }) => GroupId === id && CidrIpv4 !== undefined),
  );
  if (meant === undefined) return undefined;
  const has = SecurityGroups.join(", ");
  return {
    id: "load-balancer-group",
    subject: name,
    cause: [
      `Load balancer ${LoadBalancerName} has security group ${has}; the tasks of ${name} admit ${meant}, which it does not have.`,
      `ロードバランサー ${LoadBalancerName} のセキュリティグループは ${has} です。${name} のタスクが許可しているのは ${meant} で、ALB には付いていません。`,
    ],
    evidence: [
      {
        call: `elbv2 describe-load-balancers --names ${LoadBalancerName}`,
        value: `SecurityGroups ${has}`,
      },
      {
        call: `ec2 describe-security-group-rules --filters Name=group-id,Values=${own.securityGroups.join(",")}`,
        value: `in tcp ${port} ${meant}`,
      },
    ],
  };
}

/** All protocols have no ports. */
function admits(
  { IpProtocol, FromPort = 0, ToPort = 0 }: SecurityGroupRule,
  port: number,
): boolean {
  return IpProtocol === "-1" || (IpProtocol === "tcp" && FromPort <= port && port <= ToPort);
}

const TO_TASKS: Partial<Readonly<Record<Denial["code"], FindingId>>> = {
  SecurityGroupEgress: "load-balancer-egress",
  SecurityGroupIngress: "task-ingress",
  NetworkAcl: "network-acl",
};

function closed(
  network: Deployed["network"],
  name: string,
  { LoadBalancerName }: LoadBalancer,
  denial: Denial,
  port: number,
): Cause {
  return {
    id: TO_TASKS[denial.code] ?? "network-no-route",
    subject: name,
    cause: [
      `Load balancer ${LoadBalancerName} does not reach the tasks of ${name} on ${port}: ${denial.reason}`,
      `ロードバランサー ${LoadBalancerName} から ${name} のタスクのポート ${port} に届きません。${inJapanese(denial)}`,
    ],
    evidence: evidenceOf(network, denial),
  };
}

const FROM_CLIENT: Partial<Readonly<Record<Denial["code"], FindingId>>> = {
  SecurityGroupIngress: "load-balancer-ingress",
  NetworkAcl: "network-acl",
};

/** What keeps a client from the load balancer in front of a service. */
export function fromClient(deployed: Deployed, subject: Subject): Cause[] {
  const { balancers, scope } = deployed;
  if (scope.clientAddress === undefined) return [];
  const arn = subject.service.loadBalancers?.[0]?.targetGroupArn ?? "";
  const port = expectedOf(deployed, subject)?.port;
  const asked = listenersOf(deployed, subject, arn).filter(
    ({ listener }) => port === undefined || listener.Port === port,
  );
  const causes = asked.flatMap((state) => {
    const balancer = balancerOf(balancers.balancers, state);
    if (balancer?.State?.Code === "provisioning" || balancer === undefined) return [];
    if (balancer.Scheme === "internal") return [internal(subject.name, balancer)];
    return clientWay(deployed, subject.name, balancer, state.listener.Port ?? 80);
  });
  return causes.slice(0, 1);
}

function internal(subject: string, { LoadBalancerName, Scheme }: LoadBalancer): Cause {
  return {
    id: "load-balancer-internal",
    subject,
    cause: [
      `Load balancer ${LoadBalancerName} is internal: nobody reaches it from outside of its VPC.`,
      `ロードバランサー ${LoadBalancerName} は internal なので、VPC の外からは接続できません。`,
    ],
    evidence: [
      {
        call: `elbv2 describe-load-balancers --names ${LoadBalancerName}`,
        value: `Scheme ${Scheme}`,
      },
    ],
  };
}

function clientWay(
  { network, scope }: Deployed,
  subject: string,
  balancer: LoadBalancer,
  port: number,
): Cause[] {
  const address = scope.clientAddress!;
  for (const eni of balancerInterfaces(network, balancer)) {
    const verdict = mayConnect(network, { address }, eni, port);
    if (verdict.allowed) continue;
    return [
      {
        id: FROM_CLIENT[verdict.code] ?? "load-balancer-subnet",
        subject,
        cause: [
          `You (${address}) do not reach load balancer ${balancer.LoadBalancerName} on ${port}: ${verdict.reason}`,
          `あなた (${address}) からロードバランサー ${balancer.LoadBalancerName} のポート ${port} に届きません。${inJapanese(verdict)}`,
        ],
        evidence: evidenceOf(network, verdict),
      },
    ];
  }
  return [];
}
