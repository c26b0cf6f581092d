import { randomUUID } from "node:crypto";
import type { Scope } from "../../store/store.ts";
import { payloadOf } from "./input.ts";
import { EventPattern } from "./pattern/event-pattern.ts";
import { parseJson, type JsonObject } from "./pattern/json-value.ts";
import { deliveries, eventRules, rulesByBus, type StoredRule } from "./state.ts";

/** An event, as those who put it on a bus say it. */
export interface NewEvent {
  readonly source: string;
  readonly detailType: string;
  /** The JSON of an object. */
  readonly detail: string;
  readonly resources: readonly string[];
  /** Milliseconds since the epoch. */
  readonly time: number;
}

/**
 * An event's JSON, in the order in which AWS has its members. What `detail` is stays as it was written.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-events-structure.html
 */
export function toEventJson(
  { account, region }: Pick<Scope, "account" | "region">,
  { source, detailType, detail, resources, time }: NewEvent,
  id: string = randomUUID(),
): string {
  const at = new Date(time).toISOString().replace(/\.\d+Z$/, "Z");
  const head = {
    version: "0",
    id,
    "detail-type": detailType,
    source,
    account,
    time: at,
    region,
    resources,
  };
  return `${JSON.stringify(head).slice(0, -1)},"detail":${detail}}`;
}

/**
 * Puts an event on a bus, in the transaction under way: each target of each rule that it matches is sent it.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rules.html
 * @param scope where the bus is
 * @param event its JSON
 * @param now milliseconds since the epoch
 * @param hops how many buses it has come through before this one
 */
export function publish(scope: Scope, busName: string, event: string, now: number, hops = 0): void {
  const rules = scope
    .of(eventRules)
    .by(rulesByBus, busName)
    .filter(({ state, eventPattern, targets }) =>
      Boolean(state !== "DISABLED" && eventPattern && targets.length > 0),
    );
  if (rules.length === 0) return;
  const parsed = parseJson(event) as JsonObject;
  for (const rule of rules)
    if (new EventPattern(rule.eventPattern!).matches(parsed))
      sendToTargets(scope, rule, event, now, hops);
}

/** Has an event sent to every target of a rule, in the transaction under way. */
export function sendToTargets(
  scope: Scope,
  rule: Readonly<StoredRule>,
  event: string,
  now: number,
  hops = 0,
): void {
  const facts = { ruleArn: rule.arn, ruleName: rule.name, ingestedAt: now };
  for (const target of rule.targets) {
    const id = randomUUID();
    scope.of(deliveries).put(id, {
      id,
      sourceArn: rule.arn,
      by: "events",
      target: { ...target, RoleArn: target.RoleArn ?? rule.roleArn },
      original: event,
      payload: payloadOf(target, event, facts),
      hops,
      since: now,
      attempts: 0,
    });
  }
}
