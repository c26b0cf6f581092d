import type { TargetGroup } from "@aws-sdk/client-elastic-load-balancing-v2";
import type { Words } from "@workbook/toolchain";

import type { Deployed } from "../deployed.ts";
import type { Cause, Evidence } from "../finding.ts";
import type { FindingId } from "../kinds.ts";
import type { ListenerState } from "../read/read-balancers.ts";
import { type Subject, shortOf } from "../subject.ts";
import { balancerOf, forwardedTo, leadsTo, takenBy, type Taken } from "./requests.ts";
import { expectedOf } from "./service.ts";

/** What keeps requests from the target group of a service: one cause at most, since each hides the next. */
export function listeners(deployed: Deployed, subject: Subject): Cause[] {
  const { balancers, scope } = deployed;
  const { name, service } = subject;
  const port = expectedOf(deployed, subject)?.port;
  const [target] = service.loadBalancers ?? [];
  if (target === undefined)
    // A chapter before load balancers has none, and wants none.
    return scope.expected === undefined || port === undefined || balancers.balancers.length === 0
      ? []
      : [notRegistered(name, port, balancers.listeners)];
  const group = balancers.targetGroups.find(
    ({ TargetGroupArn }) => TargetGroupArn === target.targetGroupArn,
  );
  if (group === undefined) return [groupMissing(name, target.targetGroupArn)];
  const otherVpc = vpcCause(deployed, subject, group);
  if (otherVpc) return [otherVpc];
  return wayToGroup(deployed, name, group, port);
}

function wayToGroup(
  { balancers }: Deployed,
  name: string,
  group: TargetGroup,
  port: number | undefined,
): Cause[] {
  const { TargetGroupArn = "", TargetGroupName } = group;
  const users = balancers.listeners.filter((each) => leadsTo(each, TargetGroupArn));
  const own = balancers.listeners.find(({ listener }) => listener.Port === port);
  const evidence = listenerEvidence(balancers.listeners);
  if (own === undefined && balancers.balancers.length === 0)
    return [
      finding("load-balancer-missing", name, evidence, [
        `There is no load balancer in front of ${name}.`,
        `${name} の前にロードバランサーがありません。`,
      ]),
    ];
  if (port === undefined)
    return users.length > 0
      ? []
      : [
          finding("listener-missing", name, evidence, [
            `No listener leads to target group ${TargetGroupName} of ${name}.`,
            `${name} のターゲットグループ ${TargetGroupName} に転送するリスナーがありません。`,
          ]),
        ];
  if (own === undefined) return [noListenerOn(name, port, users, balancers.listeners, evidence)];
  const balancer = balancerOf(balancers.balancers, own);
  const taken = takenBy(own, { host: balancer?.DNSName ?? "", path: "/" });
  return taken ? takenCause(name, port, group, taken, own, balancers.targetGroups) : [];
}

const finding = (
  id: FindingId,
  subject: string,
  evidence: readonly Evidence[],
  cause: Words,
): Cause => ({ id, subject, cause, evidence });

function listenerEvidence(all: readonly ListenerState[]): Evidence[] {
  const value = all
    .map(({ listener, rules }) => {
      const [action] = rules.at(-1)?.Actions ?? listener.DefaultActions ?? [];
      const to = forwardedTo(action).map(({ arn }) => groupName(arn));
      return `${listener.Protocol} ${listener.Port} → ${to.join(", ") || action?.Type}`;
    })
    .join("; ");
  return [{ call: "elbv2 describe-listeners", value: value || "no listeners" }];
}

/** `targetgroup/NAME/id` of an ARN. */
const groupName = (arn: string | undefined) => arn?.split("/").at(-2) ?? "";

function notRegistered(name: string, port: number, all: readonly ListenerState[]): Cause {
  return finding("service-not-registered", name, listenerEvidence(all), [
    `Service ${name} registers its tasks in no target group, so the load balancer has nobody to ask on ${port}.`,
    `サービス ${name} にターゲットグループの指定がないため、ALB のポート ${port} の先にタスクが登録されません。`,
  ]);
}

function groupMissing(name: string, arn: string | undefined): Cause {
  return finding(
    "target-group-missing",
    name,
    [
      {
        call: `elbv2 describe-target-groups --names ${groupName(arn)}`,
        value: "TargetGroupNotFound",
      },
    ],
    [
      `Service ${name} registers in target group ${groupName(arn)}, which does not exist.`,
      `サービス ${name} の登録先のターゲットグループ ${groupName(arn)} がありません。`,
    ],
  );
}

function vpcCause(
  { network }: Deployed,
  { name, network: own }: Subject,
  { TargetGroupName, VpcId }: TargetGroup,
): Cause | undefined {
  const subnet = network.subnets.find(({ SubnetId = "" }) => own.subnets.includes(SubnetId));
  if (subnet === undefined || subnet.VpcId === VpcId) return undefined;
  return finding(
    "target-group-vpc",
    name,
    [{ call: `elbv2 describe-target-groups --names ${TargetGroupName}`, value: `VpcId ${VpcId}` }],
    [
      `Target group ${TargetGroupName} is in ${VpcId}, the tasks of ${name} are in ${subnet.VpcId}.`,
      `ターゲットグループ ${TargetGroupName} は ${VpcId} にあり、${name} のタスクは ${subnet.VpcId} にあります。`,
    ],
  );
}

function noListenerOn(
  name: string,
  port: number,
  users: readonly ListenerState[],
  all: readonly ListenerState[],
  evidence: readonly Evidence[],
): Cause {
  const ports = (list: readonly ListenerState[]) =>
    list.map(({ listener }) => listener.Port).join(", ");
  if (users.length > 0)
    return finding("listener-port", name, evidence, [
      `The listener that leads to ${name} is on port ${ports(users)}, not on ${port}.`,
      `${name} に転送するリスナーのポートは ${port} ではなく ${ports(users)} です。`,
    ]);
  return finding("listener-missing", name, evidence, [
    `The load balancer has no listener on port ${port}, where ${name} is to answer; it listens on ${ports(all) || "no port"}.`,
    `${name} が応答するはずのポート ${port} にリスナーがありません。リスナーのあるポート: ${ports(all) || "なし"}。`,
  ]);
}

function takenCause(
  name: string,
  port: number,
  { TargetGroupArn = "", TargetGroupName }: TargetGroup,
  { rule, action }: Taken,
  own: ListenerState,
  groups: readonly TargetGroup[],
): Cause[] {
  const by = nameOf(rule);
  const evidence = [{ call: `elbv2 describe-rules (port ${port})`, value: rulesText(own) }];
  const to = forwardedTo(action);
  const self = to.find(({ arn }) => arn === TargetGroupArn);
  const others = to.map(({ arn }) => groupName(arn)).join(", ");
  if (self && self.weight > 0) return [];
  if (self)
    return [
      finding("forward-weight", name, evidence, [
        `Listener ${port} forwards to ${TargetGroupName} with weight 0: no request gets to ${name}.`,
        `リスナー ${port} の転送先 ${TargetGroupName} の重みが 0 なので、${name} にはリクエストが届きません。`,
      ]),
    ];
  // Somewhere else in its rules it leads here: an earlier rule, or conditions, keep the request from it.
  if (leadsTo(own, TargetGroupArn))
    return [
      finding("listener-rule", name, evidence, [
        `A request for / on port ${port} is taken by ${by[0]} of the listener (${others || action?.Type}), not by the rule that leads to ${name}.`,
        `ポート ${port} の / へのリクエストは、${name} に転送するルールではなく${by[1]} (${others || action?.Type}) が処理します。`,
      ]),
    ];
  if (action?.Type === "fixed-response")
    return [
      finding("listener-fixed-response", name, evidence, [
        `Listener ${port} answers by itself (${by[0]}: fixed response ${action.FixedResponseConfig?.StatusCode}), and forwards nothing to ${name}.`,
        `リスナー ${port} は${by[1]}で固定レスポンス ${action.FixedResponseConfig?.StatusCode} を返し、${name} に転送しません。`,
      ]),
    ];
  if (action?.Type === "redirect")
    return [
      finding("listener-redirect", name, evidence, [
        `Listener ${port} redirects requests (${by[0]}), and forwards nothing to ${name}.`,
        `リスナー ${port} は${by[1]}でリダイレクトし、${name} に転送しません。`,
      ]),
    ];
  const gone = to.every(({ arn }) => !groups.some((each) => each.TargetGroupArn === arn));
  return [
    finding("listener-target-group", name, evidence, [
      `Listener ${port} leads to target group ${others}${gone ? ", which does not exist" : ""}, not to ${TargetGroupName}, in which ${name} registers its tasks.`,
      `リスナー ${port} の転送先はターゲットグループ ${others}${gone ? " (存在しません)" : ""} で、${name} が登録される ${TargetGroupName} ではありません。`,
    ]),
  ];
}

const nameOf = ({ IsDefault, Priority }: Taken["rule"]) =>
  IsDefault
    ? (["its default action", "デフォルトアクション"] as const)
    : ([`rule ${Priority}`, `優先度 ${Priority} のルール`] as const);

function rulesText({ rules }: ListenerState): string {
  return rules
    .map(({ Priority, Conditions = [], Actions = [] }) => {
      const when = Conditions.map(
        ({ Field, Values, HostHeaderConfig, PathPatternConfig }) =>
          `${Field} ${(HostHeaderConfig?.Values ?? PathPatternConfig?.Values ?? Values ?? []).join("|")}`,
      ).join(" and ");
      const [action] = Actions;
      const to = forwardedTo(action).map(({ arn, weight }) => `${groupName(arn)} (${weight})`);
      return `${Priority}${when && ` ${when}`}: ${action?.Type} ${to.join(", ")}`.trim();
    })
    .join("; ");
}

/** Tasks that run, and that nobody registered, though nothing else is wrong. */
export function unregistered(deployed: Deployed, subject: Subject): Cause[] {
  const [target] = subject.service.loadBalancers ?? [];
  if (target === undefined || !subject.isSteady) return [];
  const known = deployed.balancers.targets.get(target.targetGroupArn ?? "");
  if (known === undefined) return [];
  const addresses = new Set(
    known
      .filter(({ TargetHealth }) => TargetHealth?.State !== "draining")
      .map(({ Target }) => Target?.Id),
  );
  const lost = subject.running.filter(({ taskArn = "", lastStatus, containers = [] }) => {
    if (deployed.ended.has(taskArn)) return false;
    const address = containers
      .flatMap(({ networkInterfaces = [] }) => networkInterfaces)
      .map(({ privateIpv4Address }) => privateIpv4Address)
      .find((each) => each !== undefined);
    return lastStatus === "RUNNING" && address !== undefined && !addresses.has(address);
  });
  if (lost.length === 0) return [];
  const ids = lost.map(({ taskArn }) => shortOf(taskArn)).join(", ");
  return [
    {
      id: "targets-missing",
      subject: subject.name,
      isSymptom: true,
      cause: [
        `Tasks of ${subject.name} run, but are not registered in target group ${groupName(target.targetGroupArn)}: ${ids}.`,
        `${subject.name} のタスクは動いていますが、ターゲットグループ ${groupName(target.targetGroupArn)} に登録されていません: ${ids}。`,
      ],
      evidence: [
        { call: "elbv2 describe-target-health", value: [...addresses].join(", ") || "no targets" },
      ],
    },
  ];
}
