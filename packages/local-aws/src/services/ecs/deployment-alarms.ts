import type { Scope } from "../../store/store.ts";
import { periodOf } from "../cloudwatch/alarm-data.ts";
import { alarmsOf, parseAlarmRule } from "../cloudwatch/alarm-rule.ts";
import { alarms } from "../cloudwatch/state.ts";
import type { EcsService } from "./state.ts";

type Configured = Pick<EcsService, "deploymentConfiguration">;

/** The names of the alarms that a service's deployments are held to; none where they are not enabled. */
export function alarmNamesOf({ deploymentConfiguration }: Configured): readonly string[] {
  const { alarms: given } = deploymentConfiguration;
  return given?.enable ? (given.alarmNames ?? []) : [];
}

/**
 * The alarms of a service's deployments that are in ALARM now. A name that no alarm has says nothing: services are made before
 * the alarms on their metrics. https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-alarm-failure.html
 */
export const alarmsRaised = (store: Scope, service: Configured): readonly string[] =>
  alarmNamesOf(service).filter((name) => store.of(alarms).get(name)?.state.value === "ALARM");

/**
 * How long a deployment that has all its tasks is held to its alarms before it is complete, in milliseconds of AWS's time. AWS
 * computes it from the alarms and does not say how: here it is the longest time that one of them looks back, and then it lasts until
 * they have been looked at. 0 where there are none.
 */
export const bakeTimeMs = (store: Scope, service: Configured): number =>
  Math.max(0, ...alarmNamesOf(service).map((name) => lookBackMs(store, name)));

function lookBackMs(store: Scope, name: string): number {
  const alarm = store.of(alarms).get(name);
  if (!alarm) return 0;
  if (alarm.type === "metric") return alarm.evaluationPeriods * (periodOf(alarm) ?? 60) * 1000;
  // Rules lead in no circle.
  const parts = alarmsOf(parseAlarmRule(alarm.rule, store));
  return Math.max(0, ...parts.map((part) => lookBackMs(store, part)));
}
