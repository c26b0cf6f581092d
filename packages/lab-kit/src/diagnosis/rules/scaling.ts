import type { Deployed } from "../deployed.ts";
import type { Cause } from "../finding.ts";
import type { ServiceScaling } from "../read/read-scaling.ts";
import type { Subject } from "../subject.ts";
import {
  ALARMS,
  inWords,
  POLICIES,
  type ScalingCause,
  TARGETS,
  whatHappened,
} from "./scaling-now.ts";

/** Why a service does not scale: what is configured, and where nothing of that is wrong, what happens. */
export function scaling(deployed: Deployed, subject: Subject): Cause[] {
  const state = deployed.scaling.get(subject.name);
  if (state === undefined) return [];
  const configured = [
    ...role(subject.name, state),
    ...policies(subject.name, state),
    ...missingPolicies(state),
    ...suspended(subject.name, state),
    ...bounds(subject.name, state),
    ...labels(subject, state),
  ];
  const causes =
    configured.length > 0 ? configured : whatHappened(state, subject, deployed.scope.pace ?? 1);
  return causes.map((cause) => ({ ...cause, subject: subject.name }));
}

function role(name: string, { target: { RoleARN = "" }, hasRole }: ServiceScaling): ScalingCause[] {
  if (hasRole !== false) return [];
  return [
    {
      id: "scaling-role-missing",
      cause: [
        `Application Auto Scaling changes ${name} as ${RoleARN}, and there is no such role.`,
        `Application Auto Scaling は ${RoleARN} として ${name} を変更しますが、そのロールがありません。`,
      ],
      evidence: [
        { call: TARGETS, value: `RoleARN ${RoleARN}` },
        { call: "iam get-role", value: "NoSuchEntity" },
      ],
    },
  ];
}

/** A target by itself does nothing; what alarms call may still be there by another name. */
function policies(
  name: string,
  { policies: all, alarms, resourceId }: ServiceScaling,
): ScalingCause[] {
  if (all.length > 0 || alarms.length > 0) return [];
  return [
    {
      id: "scaling-no-policy",
      cause: [
        `${name} may scale, and no policy says when.`,
        `${name} はスケールできますが、いつするかを決めるポリシーがありません。`,
      ],
      evidence: [{ call: POLICIES, value: `${resourceId}: -` }],
    },
  ];
}

function missingPolicies({ policies: all, alarms, resourceId }: ServiceScaling): ScalingCause[] {
  const known = new Set(all.map(({ PolicyARN }) => PolicyARN));
  return alarms.flatMap(({ AlarmName, AlarmActions = [] }) => {
    const gone = AlarmActions.find(
      (arn) => arn.includes(`:resource/ecs/${resourceId}:`) && !known.has(arn),
    );
    if (gone === undefined) return [];
    const policy = gone.split("policyName/").at(-1);
    return [
      {
        id: "scaling-policy-missing" as const,
        cause: [
          `The alarm ${AlarmName} calls the policy ${policy}, which is not there any more.`,
          `アラーム ${AlarmName} が呼び出すポリシー ${policy} は、もうありません。`,
        ],
        evidence: [
          { call: ALARMS, value: `AlarmActions ${gone}` },
          { call: POLICIES, value: all.map(({ PolicyName }) => PolicyName).join(", ") || "-" },
        ],
      },
    ];
  });
}

const SUSPENDED = [
  ["DynamicScalingOutSuspended", ["no tasks are added", "タスクは増えません"]],
  ["DynamicScalingInSuspended", ["no tasks are taken away", "タスクは減りません"]],
  [
    "ScheduledScalingSuspended",
    ["scheduled actions do nothing", "スケジュールされたアクションは実行されません"],
  ],
] as const;

function suspended(
  name: string,
  { target: { SuspendedState = {} } }: ServiceScaling,
): ScalingCause[] {
  const held = SUSPENDED.filter(([member]) => SuspendedState[member] === true);
  if (held.length === 0) return [];
  const said = (index: 0 | 1) =>
    held.map(([, words]) => words[index]).join(index === 0 ? ", " : "。");
  return [
    {
      id: "scaling-suspended",
      cause: [
        `Scaling of ${name} is suspended: ${said(0)}.`,
        `${name} のスケーリングは中断されています。${said(1)}。`,
      ],
      evidence: [{ call: TARGETS, value: held.map(([member]) => `${member} true`).join(", ") }],
    },
  ];
}

function bounds(
  name: string,
  { target: { MinCapacity, MaxCapacity } }: ServiceScaling,
): ScalingCause[] {
  if (MinCapacity !== MaxCapacity) return [];
  return [
    {
      id: "scaling-fixed",
      cause: [
        `${name} can only have ${MaxCapacity} tasks: its minimum is its maximum.`,
        `${name} のタスクは ${MaxCapacity} 個に固定されています。最小値と最大値が同じだからです。`,
      ],
      evidence: [
        { call: TARGETS, value: `MinCapacity ${MinCapacity}, MaxCapacity ${MaxCapacity}` },
      ],
    },
  ];
}

/** Requests to targets of another service say nothing of this one. */
function labels(
  { name, service }: Subject,
  { policies: all, alarms }: ServiceScaling,
): ScalingCause[] {
  const own = (service.loadBalancers ?? []).flatMap(({ targetGroupArn }) => targetGroupArn ?? []);
  return all.flatMap(({ PolicyName, PolicyARN = "", TargetTrackingScalingPolicyConfiguration }) => {
    const label =
      TargetTrackingScalingPolicyConfiguration?.PredefinedMetricSpecification?.ResourceLabel;
    if (label === undefined) return [];
    const group = label.slice(label.indexOf("targetgroup/"));
    if (own.some((arn) => arn.endsWith(`:${group}`))) return [];
    const states = alarms
      .filter(({ AlarmActions = [] }) => AlarmActions.includes(PolicyARN))
      .map(inWords);
    return [
      {
        id: "scaling-label" as const,
        cause: [
          `The policy ${PolicyName} of ${name} counts requests to ${group}, where its tasks are no targets.`,
          `${name} のポリシー ${PolicyName} は ${group} へのリクエストを数えますが、タスクはそこに登録されません。`,
        ],
        evidence: [
          { call: POLICIES, value: `ResourceLabel ${label}` },
          {
            call: "ecs describe-services",
            value: `targetGroupArn ${own.join(", ") || "-"}`,
          },
          ...(states.length > 0 ? [{ call: ALARMS, value: states.join(", ") }] : []),
        ],
      },
    ];
  });
}
