import { lastPart } from "../ground/arn.ts";
import {
  keyOf,
  policiesByTarget,
  scalableTargets,
  scalingPolicies,
  type ScalingPolicy,
} from "../services/application-autoscaling/state.ts";
import { directionOf } from "../services/application-autoscaling/target-alarms.ts";
import { alarmHistories, alarms, type Alarm } from "../services/cloudwatch/state.ts";
import { tasks, tasksByService, type EcsService } from "../services/ecs/state.ts";
import type { Scope } from "../store/store.ts";
import type { AlarmPicture, ScalingPicture } from "./messages.ts";

/** So many changes are shown of a number or a state: more than a graph of an hour can show. */
const MOST_STEPS = 200;

/** Draws how a service scales; null where it does not. */
export function scalingPicture(scope: Scope, service: Readonly<EcsService>): ScalingPicture | null {
  const key = {
    namespace: "ecs",
    resourceId: `service/${lastPart(service.clusterArn)}/${service.name}`,
    dimension: "ecs:service:DesiredCount",
  } as const;
  const target = scope.of(scalableTargets).get(keyOf(key));
  if (!target) return null;
  const policies = scope.of(scalingPolicies).by(policiesByTarget, keyOf(key));
  return {
    min: target.min,
    max: target.max,
    running: runningSteps(scope, service.arn),
    alarms: policies.flatMap((policy) => alarmPictures(scope, policy)),
  };
}

/** How many tasks ran, from each moment at which that changed; as far back as stopped tasks are known. */
function runningSteps(scope: Scope, serviceArn: string): ScalingPicture["running"] {
  const own = scope.of(tasks).by(tasksByService, serviceArn);
  const changes = own
    .flatMap(({ startedAt, stoppingAt, stoppedAt }) => {
      if (startedAt === undefined) return [];
      const end = stoppingAt ?? stoppedAt;
      return [
        { at: startedAt, by: 1 },
        ...(end === undefined ? [] : [{ at: Math.max(end, startedAt), by: -1 }]),
      ];
    })
    .toSorted((a, b) => a.at - b.at);
  const steps: { at: number; count: number }[] = [];
  let count = 0;
  for (const { at, by } of changes) {
    count += by;
    if (steps.at(-1)?.at === at) steps.pop();
    steps.push({ at, count });
  }
  return steps.slice(-MOST_STEPS);
}

function alarmPictures(scope: Scope, policy: Readonly<ScalingPolicy>): AlarmPicture[] {
  return scope
    .of(alarms)
    .filter(({ actions }) => actions.ALARM.includes(policy.arn))
    .map((alarm) => ({
      name: alarm.name,
      policy: policy.name,
      direction: directionNow(policy, alarm),
      metric: alarm.type === "metric" ? (alarm.metric?.name ?? null) : null,
      threshold: alarm.type === "metric" ? (alarm.threshold ?? null) : null,
      states: statesOf(scope, alarm),
    }))
    .toSorted((a, b) => (a.direction < b.direction ? 1 : -1));
}

/** What an alarm that people made for a policy leads to is the policy's own matter: it counts as one for more. */
const directionNow = (policy: Readonly<ScalingPolicy>, alarm: Readonly<Alarm>): "out" | "in" =>
  directionOf(policy, alarm) === "Low" ? "in" : "out";

/** The states of an alarm, each from when on; the last one is what it is now. */
function statesOf(scope: Scope, alarm: Readonly<Alarm>): AlarmPicture["states"] {
  const items = scope.of(alarmHistories).get(alarm.name)?.items ?? [];
  const past = items.flatMap(({ at, type, summary }) => {
    const state = type === "StateUpdate" ? / to (\w+)$/.exec(summary)?.[1] : undefined;
    return state === undefined ? [] : [{ at, state }];
  });
  const [first] = items;
  const before = first ? [{ at: first.at, state: "INSUFFICIENT_DATA" }] : [];
  const known = past.length > 0 ? [...before, ...past] : [];
  const now = { at: alarm.state.transitionedAt, state: alarm.state.value };
  return known.at(-1)?.state === now.state
    ? known.slice(-MOST_STEPS)
    : [...known, now].slice(-MOST_STEPS);
}
