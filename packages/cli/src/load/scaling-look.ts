import type { AwsClients } from "@workbook/lab-kit";
import type { Words } from "@workbook/toolchain";
import type { LoadedService } from "./loaded-service.ts";

/** A policy, and how its two alarms stand. */
export interface PolicyLook {
  readonly name: string;
  /** The state of the alarm for more tasks; undefined where it has none. */
  readonly more: string | undefined;
  /** The same, for fewer. */
  readonly fewer: string | undefined;
}

/** How many tasks there are, and what the alarms say. */
export interface ScalingLook {
  readonly running: number;
  readonly desired: number;
  readonly policies: readonly PolicyLook[];
}

/** Looks at a service once. */
export async function lookAtScaling(
  { ecs, scaling, cloudwatch }: AwsClients,
  { cluster, service }: LoadedService,
): Promise<ScalingLook> {
  const [{ services = [] }, { ScalingPolicies = [] }] = await Promise.all([
    ecs.describeServices({ cluster, services: [service] }),
    scaling.describeScalingPolicies({
      ServiceNamespace: "ecs",
      ResourceId: `service/${cluster}/${service}`,
    }),
  ]);
  const AlarmNames = ScalingPolicies.flatMap(({ Alarms = [] }) =>
    Alarms.flatMap(({ AlarmName }) => AlarmName ?? []),
  );
  const { MetricAlarms = [] } =
    AlarmNames.length > 0 ? await cloudwatch.describeAlarms({ AlarmNames }) : {};
  const stateOf = (arns: readonly (string | undefined)[], part: string) =>
    MetricAlarms.find(
      ({ AlarmArn, AlarmName = "" }) => arns.includes(AlarmArn) && AlarmName.includes(part),
    )?.StateValue;
  const [{ runningCount = 0, desiredCount = 0 } = {}] = services;
  return {
    running: runningCount,
    desired: desiredCount,
    policies: ScalingPolicies.map(({ PolicyName = "", Alarms = [] }) => {
      const arns = Alarms.map(({ AlarmARN }) => AlarmARN);
      return {
        name: PolicyName,
        more: stateOf(arns, "-AlarmHigh-"),
        fewer: stateOf(arns, "-AlarmLow-"),
      };
    }),
  };
}

/** One line: `2 → 4 tasks  node-requests-hanako ↑ALARM ↓OK`. */
export function describeLook({ running, desired, policies }: ScalingLook): Words {
  const count = running === desired ? `${running}` : `${running} → ${desired}`;
  const alarms = policies
    .map(({ name, more = "-", fewer = "-" }) => `  ${name} ↑${more} ↓${fewer}`)
    .join("");
  return [`${count} tasks${alarms}`, `タスク ${count} 個${alarms}`];
}
