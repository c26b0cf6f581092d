import { parsePolicy } from "../../services/iam/policy-document.ts";
import { evaluateResourcePolicy } from "../../services/iam/policy-evaluation.ts";
import { serviceCallKeys } from "../../services/iam/policy-conditions.ts";
import { AwsError } from "../../protocol/aws-error.ts";
import { busMissing } from "../../services/events/faults.ts";
import { findBus, parseBusArn } from "../../services/events/find.ts";
import { publish, toEventJson } from "../../services/events/publish.ts";
import type { Delivery } from "../../services/events/state.ts";
import type { Scope } from "../../store/store.ts";
import type { EngineContext } from "../engine.ts";
import { actAs, requireRight, scopeOf } from "../acting-role.ts";
import { TooManyHops } from "./delivery-fault.ts";

/** What came from another bus goes to no third one: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-bus-to-bus.html */
const MOST_HOPS = 1;

/**
 * Puts an event on the bus that is a target. A role has to have the right; without one the bus's policy has to let the service or
 * the account in.
 * @throws AwsError `ResourceNotFoundException`, `AccessDeniedException`; TooManyHops
 */
export function putOnBus(context: EngineContext, scope: Scope, delivery: Delivery): void {
  const { target, payload, asEvent, hops } = delivery;
  const arn = target.Arn!;
  if (hops >= MOST_HOPS)
    throw new TooManyHops("An event that came from another event bus is not sent to a third one.");
  const to = scopeOf(context, arn);
  const bus = findBus(to, parseBusArn(arn)?.name ?? "");
  if (!bus) throw busMissing(arn);
  if (target.RoleArn) requireRight(actAs(context, scope, delivery), "events:PutEvents", arn);
  else requirePolicy(bus.policy, context.clock.now(), to, delivery);
  const now = context.clock.now();
  // What a schedule sends is a new event, put there by whoever has the schedule; a rule sends on the event that matched.
  if (asEvent) {
    const event = { ...asEvent, detail: payload, resources: [delivery.sourceArn], time: now };
    publish(to, bus.name, toEventJson(scope, event), now);
  } else publish(to, bus.name, payload, now, hops + 1);
}

function requirePolicy(
  policy: string | undefined,
  now: number,
  { account, region }: Scope,
  { by, sourceArn, target }: Delivery,
): void {
  const service = `${by}.amazonaws.com`;
  const call = { service, sourceArn, region, now };
  const [, , , , from = account] = sourceArn.split(":");
  const request = {
    action: "events:PutEvents",
    resource: target.Arn!,
    context: serviceCallKeys(from, call),
  };
  const principals = [
    { kind: "Service", names: [service] },
    { kind: "AWS", names: [`arn:aws:iam::${from}:root`, from] },
  ] as const;
  const document = parsePolicy(policy ?? '{"Version":"2012-10-17","Statement":[]}');
  const decisions = principals.map((each) => evaluateResourcePolicy(document, each, request));
  if (decisions.includes("allowed") && !decisions.includes("explicitDeny")) return;
  throw new AwsError(
    "AccessDeniedException",
    `${service} is not authorized to perform: events:PutEvents on resource: ${target.Arn} because no resource-based policy allows the events:PutEvents action`,
  );
}
