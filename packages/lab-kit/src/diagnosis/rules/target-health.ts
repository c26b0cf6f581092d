import type { LoadBalancer as ServiceTarget } from "@aws-sdk/client-ecs";
import type { TargetGroup } from "@aws-sdk/client-elastic-load-balancing-v2";

import type { Deployed } from "../deployed.ts";
import type { Cause } from "../finding.ts";
import type { Subject } from "../subject.ts";

/** What the health check asks for that the app does not do, as far as it is written down. */
export function healthSettings(deployed: Deployed, subject: Subject): Cause[] {
  return targetsOf(deployed, subject).flatMap(({ group, target }) => {
    const targets = deployed.balancers.targets.get(group.TargetGroupArn ?? "") ?? [];
    const mixed = mixedCause(subject.name, group);
    if (mixed) return [mixed];
    if (targets.some(({ TargetHealth }) => TargetHealth?.State === "healthy")) return [];
    return (
      protocolCause(subject.name, group) ??
      healthPortCause(subject.name, group, target) ??
      appPortCause(subject, target) ??
      []
    );
  });
}

/** A target group of a service, and what the service registers there. */
export interface Target {
  readonly group: TargetGroup;
  readonly target: ServiceTarget;
}

/** The target groups of a service, those that are there. */
export function targetsOf({ balancers }: Deployed, { service }: Subject): Target[] {
  return (service.loadBalancers ?? []).flatMap((target) => {
    const group = balancers.targetGroups.find(
      ({ TargetGroupArn }) => TargetGroupArn === target.targetGroupArn,
    );
    return group ? [{ group, target }] : [];
  });
}

/** The call that tells of a target group. */
export const groupCall = ({ TargetGroupName }: TargetGroup) =>
  `elbv2 describe-target-groups --names ${TargetGroupName}`;

/** One port cannot be asked in two ways: what is healthy by one does not answer by the other. */
function mixedCause(subject: string, group: TargetGroup): Cause | undefined {
  const { TargetGroupName: name, Protocol, HealthCheckProtocol, HealthCheckPort } = group;
  if (Protocol === HealthCheckProtocol || HealthCheckPort !== "traffic-port") return undefined;
  return {
    id: "target-group-protocol",
    subject,
    cause: [
      `Target group ${name} sends requests to ${subject} by ${Protocol} and checks its health by ${HealthCheckProtocol}, on one port: one of the two is never answered.`,
      `ターゲットグループ ${name} は ${subject} の同じポートに、リクエストは ${Protocol}、ヘルスチェックは ${HealthCheckProtocol} で接続します。どちらかには応答が返りません。`,
    ],
    evidence: [
      {
        call: groupCall(group),
        value: `Protocol ${Protocol}, HealthCheckProtocol ${HealthCheckProtocol}`,
      },
    ],
  };
}

function protocolCause(subject: string, group: TargetGroup): Cause | undefined {
  const { TargetGroupName: name, Protocol, HealthCheckProtocol, ProtocolVersion } = group;
  const wrong =
    [Protocol, HealthCheckProtocol].find((each) => each === "HTTPS") ??
    (ProtocolVersion !== undefined && ProtocolVersion !== "HTTP1" ? ProtocolVersion : undefined);
  if (wrong === undefined) return undefined;
  return {
    id: "target-group-protocol",
    subject,
    cause: [
      `Target group ${name} asks the tasks of ${subject} by ${wrong}, which none of them answers.`,
      `ターゲットグループ ${name} は ${subject} のタスクに ${wrong} で接続しますが、応答するタスクがありません。`,
    ],
    evidence: [
      {
        call: groupCall(group),
        value: `Protocol ${Protocol}, HealthCheckProtocol ${HealthCheckProtocol}, ProtocolVersion ${ProtocolVersion}`,
      },
    ],
  };
}

function healthPortCause(
  subject: string,
  group: TargetGroup,
  { containerPort }: ServiceTarget,
): Cause | undefined {
  const { HealthCheckPort: port, TargetGroupName: name } = group;
  if (port === undefined || port === "traffic-port" || Number(port) === containerPort)
    return undefined;
  return {
    id: "health-check-port",
    subject,
    cause: [
      `The health check of target group ${name} asks port ${port}; container port of ${subject} is ${containerPort}.`,
      `ターゲットグループ ${name} のヘルスチェックはポート ${port} を調べますが、${subject} のコンテナポートは ${containerPort} です。`,
    ],
    evidence: [{ call: groupCall(group), value: `HealthCheckPort ${port}` }],
  };
}

function appPortCause({ name, definition }: Subject, target: ServiceTarget): Cause | undefined {
  const container = definition.containerDefinitions?.find(
    (each) => each.name === target.containerName,
  );
  const own = container?.environment?.find((each) => each.name === "PORT")?.value;
  if (own === undefined || own === String(target.containerPort) || !/^\d+$/.test(own))
    return undefined;
  return {
    id: "app-port",
    subject: name,
    cause: [
      `Container ${container?.name} of ${name} listens on ${own} (its PORT); the load balancer asks container port ${target.containerPort}.`,
      `${name} のコンテナ ${container?.name} はポート ${own} (環境変数 PORT) で待ち受けますが、ALB はコンテナポート ${target.containerPort} に接続します。`,
    ],
    evidence: [
      { call: "ecs describe-task-definition", value: `${container?.name} PORT ${own}` },
      {
        call: `ecs describe-services --services ${name}`,
        value: `containerPort ${target.containerPort}`,
      },
    ],
  };
}
