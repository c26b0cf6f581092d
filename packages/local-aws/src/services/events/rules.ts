import type { Rule as ApiRule } from "@aws-sdk/client-eventbridge";
import type { Handlers } from "../../protocol/typed.ts";
import { cutPage } from "../kit/pages.ts";
import { parseSchedule } from "../kit/schedule-expressions.ts";
import type { CallContext } from "../service.ts";
import { invalidToken, limitExceeded, validation } from "./faults.ts";
import { DEFAULT_BUS, needBus, needRule, ruleArn } from "./find.ts";
import { EventPattern } from "./pattern/event-pattern.ts";
import { eventRules, rulesByBus, type StoredRule } from "./state.ts";
import { withTags } from "./tags.ts";

/** https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html */
const MOST_RULES = 300;

/** https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rules.html */
export const ruleHandlers: Handlers<typeof import("@aws-sdk/client-eventbridge"), CallContext> = {
  PutRule(input, context) {
    const { store, clock, account } = context;
    const { Name: name, ScheduleExpression, EventPattern: pattern, State = "ENABLED" } = input;
    const { name: busName } = needBus(store, input.EventBusName);
    check(busName, ScheduleExpression, pattern);
    const arn = ruleArn(store, busName, name);
    const before = store.of(eventRules).get(arn);
    if (!before && store.of(eventRules).by(rulesByBus, busName).length >= MOST_RULES)
      throw limitExceeded("The requested resource exceeds the maximum number allowed.");
    const isSame = before?.scheduleExpression === ScheduleExpression && before?.state === State;
    store.of(eventRules).put(arn, {
      name,
      busName,
      arn,
      ...(pattern && { eventPattern: pattern }),
      ...(ScheduleExpression && { scheduleExpression: ScheduleExpression }),
      state: State,
      ...(input.Description !== undefined && { description: input.Description }),
      ...(input.RoleArn !== undefined && { roleArn: input.RoleArn }),
      createdBy: account,
      scheduledFrom: isSame ? before!.scheduledFrom : clock.now(),
      // A rule that is there keeps its tags: https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutRule.html
      tags: before?.tags ?? withTags([], input.Tags ?? []),
      targets: before?.targets ?? [],
    });
    return { RuleArn: arn };
  },

  DescribeRule({ Name, EventBusName }, { store }) {
    const rule = needRule(store, Name, EventBusName);
    return { ...shown(rule), CreatedBy: rule.createdBy };
  },

  ListRules({ NamePrefix = "", EventBusName, Limit = 100, NextToken }, { store }) {
    const { name: bus } = needBus(store, EventBusName);
    const found = store
      .of(eventRules)
      .by(rulesByBus, bus)
      .filter(({ name }) => name.startsWith(NamePrefix));
    const { items, next } = cutPage(found, {
      key: ({ name }) => name,
      size: Limit,
      token: NextToken,
      of: `rules ${bus}`,
      invalid: invalidToken,
    });
    return { Rules: items.map(shown), NextToken: next };
  },

  EnableRule({ Name, EventBusName }, context) {
    return setState(context, needRule(context.store, Name, EventBusName), "ENABLED");
  },

  DisableRule({ Name, EventBusName }, context) {
    return setState(context, needRule(context.store, Name, EventBusName), "DISABLED");
  },

  DeleteRule({ Name, EventBusName }, { store }) {
    const { name: bus } = needBus(store, EventBusName);
    const arn = ruleArn(store, bus, Name);
    const rule = store.of(eventRules).get(arn);
    if (rule && rule.targets.length > 0)
      throw validation("Rule can't be deleted since it has targets.");
    store.of(eventRules).delete(arn);
    return {};
  },

  ListRuleNamesByTarget({ TargetArn, EventBusName, Limit = 100, NextToken }, { store }) {
    const { name: bus } = needBus(store, EventBusName);
    const names = store
      .of(eventRules)
      .by(rulesByBus, bus)
      .filter(({ targets }) => targets.some(({ Arn }) => Arn === TargetArn))
      .map(({ name }) => name);
    const { items, next } = cutPage(names, {
      key: (name) => name,
      size: Limit,
      token: NextToken,
      of: `rules of ${TargetArn} ${bus}`,
      invalid: invalidToken,
    });
    return { RuleNames: items, NextToken: next };
  },
};

function setState(
  { store, clock }: CallContext,
  { arn, state: before, scheduledFrom }: Readonly<StoredRule>,
  state: StoredRule["state"],
) {
  const from = before === state ? scheduledFrom : clock.now();
  store.of(eventRules).patch(arn, { state, scheduledFrom: from });
  return {};
}

/** @throws AwsError `ValidationException`, `InvalidEventPatternException` */
function check(bus: string, schedule: string | undefined, pattern: string | undefined): void {
  if (!schedule && !pattern)
    throw validation("Parameter(s) EventPattern or ScheduleExpression must be specified.");
  if (schedule) {
    if (bus !== DEFAULT_BUS)
      throw validation("ScheduleExpression is supported only on the default event bus.");
    const kind = parseSchedule(schedule)?.kind;
    if (kind !== "rate" && kind !== "cron")
      throw validation("Parameter ScheduleExpression is not valid.");
  }
  if (pattern) void new EventPattern(pattern);
}

const shown = (rule: Readonly<StoredRule>): ApiRule => ({
  Name: rule.name,
  Arn: rule.arn,
  EventPattern: rule.eventPattern,
  ScheduleExpression: rule.scheduleExpression,
  State: rule.state,
  Description: rule.description,
  RoleArn: rule.roleArn,
  EventBusName: rule.busName,
});
