import { randomInt, randomUUID } from "node:crypto";
import type { Target as RuleTarget } from "@aws-sdk/client-eventbridge";
import type { EcsParameters, Target } from "@aws-sdk/client-scheduler";
import { nextTime, parseSchedule } from "../../services/kit/schedule-expressions.ts";
import { deliveries } from "../../services/events/state.ts";
import { schedules, type StoredSchedule } from "../../services/scheduler/state.ts";
import type { Change } from "../../store/collection.ts";
import type { Scope } from "../../store/store.ts";
import type { EngineContext, EnginePart } from "../engine.ts";
import { Agenda, followRecords } from "./agenda.ts";

/** Has the targets of schedules called when their time comes. https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html */
export class SchedulesPart implements EnginePart {
  readonly name = "schedules";
  readonly #context: EngineContext;
  readonly #agenda: Agenda;
  #unsubscribe: (() => void) | undefined;

  constructor(context: EngineContext) {
    this.#context = context;
    this.#agenda = new Agenda(context.clock);
  }

  async start(): Promise<void> {
    const { store, clock } = this.#context;
    this.#unsubscribe = followRecords(store, schedules, {
      arm: ({ account, region }, id) => this.#arm(store.scope(account, region), id, clock.now()),
      changed: (change) => this.#changed(change),
    });
  }

  async stop(): Promise<void> {
    this.#unsubscribe?.();
    this.#agenda.clear();
  }

  #changed({ account, region, id, after }: Change): void {
    const { store } = this.#context;
    const schedule = after as StoredSchedule | undefined;
    // A rate that counts from now has its first time now.
    this.#arm(store.scope(account, region), id, (schedule?.modifiedAt ?? 0) - 1);
  }

  /** @param after the next time is later than this, in milliseconds since the epoch */
  #arm(scope: Scope, id: string, after: number): void {
    const name = `${scope.account} ${scope.region} ${id}`;
    const schedule = scope.of(schedules).get(id);
    if (!schedule || schedule.state === "DISABLED") return this.#agenda.cancel(name);
    const at = timeOf(schedule, after);
    if (at === undefined) return this.#agenda.cancel(name);
    const { Mode, MaximumWindowInMinutes: minutes = 0 } = schedule.window;
    const delay = Mode === "FLEXIBLE" ? randomInt(minutes * 60_000) : 0;
    this.#agenda.set(name, at + delay, () => this.#fire(scope, id, at));
  }

  #fire(scope: Scope, id: string, at: number): void {
    const { store, clock } = this.#context;
    try {
      store.record(() => {
        const schedule = scope.of(schedules).get(id);
        if (!schedule) return;
        send(scope, schedule, { at, now: clock.now() });
        if (isCompleted(schedule, clock.now())) scope.of(schedules).delete(id);
      });
    } finally {
      // Times that have passed meanwhile are not made up for.
      this.#arm(scope, id, clock.now());
    }
  }
}

/** Whether it has had its last time, and is to go with that. https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-schedule-delete.html */
const isCompleted = (schedule: Readonly<StoredSchedule>, now: number) =>
  schedule.afterCompletion === "DELETE" && timeOf(schedule, now) === undefined;

/** When a schedule is due next; undefined: never again. */
function timeOf(schedule: Readonly<StoredSchedule>, after: number): number | undefined {
  const { expression, timeZone: zone, startAt = 0, endAt = Infinity, scheduledFrom } = schedule;
  const parsed = parseSchedule(expression)!;
  // A one-time schedule has no start and no end.
  const isOnce = parsed.kind === "at";
  const from = isOnce ? after : Math.max(after, startAt - 1);
  const at = nextTime(parsed, { after: from, zone, from: scheduledFrom });
  return at !== undefined && (isOnce || at <= endAt) ? at : undefined;
}

/** Puts what the target is to have on its way, in the transaction under way. */
function send(
  scope: Scope,
  schedule: Readonly<StoredSchedule>,
  { at, now }: { readonly at: number; readonly now: number },
): void {
  const { arn, target } = schedule;
  const { EventBridgeParameters: event } = target;
  const id = randomUUID();
  const payload = fill(target.Input ?? "{}", { arn, id, at });
  scope.of(deliveries).put(id, {
    id,
    sourceArn: arn,
    by: "scheduler",
    target: toRuleTarget(target),
    original: payload,
    payload,
    ...(event && { asEvent: { source: event.Source!, detailType: event.DetailType! } }),
    hops: 0,
    since: now,
    scheduledAt: at,
    attempts: 0,
  });
}

/** https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-schedule-context-attributes.html */
function fill(input: string, { arn, id, at }: { arn: string; id: string; at: number }): string {
  const attributes: Readonly<Record<string, string>> = {
    "schedule-arn": arn,
    "scheduled-time": new Date(at).toISOString().replace(/\.\d+Z$/, "Z"),
    "execution-id": id,
  };
  return input.replaceAll(
    /<aws\.scheduler\.([\w-]+)>/g,
    (whole, name: string) => attributes[name] ?? whole,
  );
}

/** The target as one of a rule: what both have is called the same, but for tags. */
function toRuleTarget({ Arn, RoleArn, EcsParameters, SqsParameters, ...more }: Target): RuleTarget {
  return {
    Id: "schedule",
    Arn,
    RoleArn,
    ...(EcsParameters && { EcsParameters: toRuleParameters(EcsParameters) }),
    ...(SqsParameters && { SqsParameters: { MessageGroupId: SqsParameters.MessageGroupId } }),
    DeadLetterConfig: more.DeadLetterConfig && { Arn: more.DeadLetterConfig.Arn },
    RetryPolicy: {
      MaximumRetryAttempts: more.RetryPolicy?.MaximumRetryAttempts,
      MaximumEventAgeInSeconds: more.RetryPolicy?.MaximumEventAgeInSeconds,
    },
  };
}

function toRuleParameters(ecs: EcsParameters): RuleTarget["EcsParameters"] {
  const network = ecs.NetworkConfiguration?.awsvpcConfiguration;
  return {
    TaskDefinitionArn: ecs.TaskDefinitionArn,
    TaskCount: ecs.TaskCount,
    LaunchType: ecs.LaunchType,
    PlatformVersion: ecs.PlatformVersion,
    Group: ecs.Group,
    EnableECSManagedTags: ecs.EnableECSManagedTags,
    EnableExecuteCommand: ecs.EnableExecuteCommand,
    PropagateTags: ecs.PropagateTags,
    CapacityProviderStrategy: ecs.CapacityProviderStrategy?.map(
      ({ capacityProvider, weight, base }) => ({ capacityProvider, weight, base }),
    ),
    PlacementConstraints: ecs.PlacementConstraints?.map(({ type, expression }) => ({
      type,
      expression,
    })),
    PlacementStrategy: ecs.PlacementStrategy?.map(({ type, field }) => ({ type, field })),
    Tags: ecs.Tags?.flatMap((tags) => toTags(tags)),
    ...(network && {
      NetworkConfiguration: {
        awsvpcConfiguration: {
          Subnets: network.Subnets,
          SecurityGroups: network.SecurityGroups,
          AssignPublicIp: network.AssignPublicIp,
        },
      },
    }),
  };
}

/** Each is a map of its own: `{ "key": "team", "value": "blue" }`. */
const toTags = ({ key: Key, value: Value }: Readonly<Record<string, string>>) =>
  Key === undefined || Value === undefined ? [] : [{ Key, Value }];
