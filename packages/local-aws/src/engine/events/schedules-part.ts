import { randomInt, randomUUID } from "node:crypto";
import type { Target as RuleTarget } from "@aws-sdk/client-eventbridge";
import type { EcsParameters, Target } from "@aws-sdk/client-scheduler";
import { deliveries } from "../../services/events/state.ts";
import { nextRun } from "../../services/scheduler/next-run.ts";
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
    this.#agenda = new Agenda(context.calendar);
  }

  async start(): Promise<void> {
    const { store, calendar } = this.#context;
    this.#unsubscribe = followRecords(store, schedules, {
      arm: ({ account, region }, id) => this.#arm(store.scope(account, region), id, calendar.now()),
      changed: (change) => this.#changed(change),
    });
  }

  async stop(): Promise<void> {
    this.#unsubscribe?.();
    this.#agenda.clear();
  }

  #changed({ account, region, id, after }: Change): void {
    const { store, calendar } = this.#context;
    const schedule = after as StoredSchedule | undefined;
    // A rate that counts from now has its first time now.
    this.#arm(store.scope(account, region), id, (schedule?.modifiedAt ?? 0) - 1 + calendar.ahead);
  }

  /** @param after the next time is later than this, in milliseconds since the epoch */
  #arm(scope: Scope, id: string, after: number): void {
    const name = `${scope.account} ${scope.region} ${id}`;
    const schedule = scope.of(schedules).get(id);
    const at = schedule && nextRun(schedule, after);
    if (!schedule || at === undefined) return this.#agenda.cancel(name);
    const { Mode, MaximumWindowInMinutes: minutes = 0 } = schedule.window;
    const delay = Mode === "FLEXIBLE" ? randomInt(minutes * 60_000) : 0;
    this.#agenda.set(name, at + delay, () => this.#fire(scope, id, at));
  }

  #fire(scope: Scope, id: string, at: number): void {
    const { store, clock, calendar } = this.#context;
    try {
      store.record(() => {
        const schedule = scope.of(schedules).get(id);
        if (!schedule) return;
        send(scope, schedule, { at, now: clock.now() });
        if (isCompleted(schedule, calendar.now())) scope.of(schedules).delete(id);
      });
    } finally {
      // Times that have passed meanwhile are not made up for.
      this.#arm(scope, id, calendar.now());
    }
  }
}

/** Whether it has had its last time, and is to go with that. https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-schedule-delete.html */
const isCompleted = (schedule: Readonly<StoredSchedule>, now: number) =>
  schedule.afterCompletion === "DELETE" && nextRun(schedule, now) === undefined;

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
