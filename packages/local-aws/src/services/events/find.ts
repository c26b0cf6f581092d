import { parseArn } from "../../ground/arn.ts";
import type { Scope } from "../../store/store.ts";
import { busMissing, ruleMissing } from "./faults.ts";
import { eventBuses, eventRules, type EventBus, type StoredRule } from "./state.ts";

export const DEFAULT_BUS = "default";

export const busArn = ({ account, region }: Scope, name: string) =>
  `arn:aws:events:${region}:${account}:event-bus/${name}`;

/** The rules of the default bus do not name it. */
export const ruleArn = ({ account, region }: Scope, bus: string, name: string) =>
  `arn:aws:events:${region}:${account}:rule/${bus === DEFAULT_BUS ? "" : `${bus}/`}${name}`;

/** The name of a bus that is given by its name or its ARN. */
export const busNameOf = (reference = DEFAULT_BUS) =>
  reference.startsWith("arn:") ? reference.slice(reference.indexOf("/") + 1) : reference;

/** The bus of that name. The default bus is in every region of every account. */
export function findBus(scope: Scope, name: string): Readonly<EventBus> | undefined {
  const stored = scope.of(eventBuses).get(name);
  if (stored || name !== DEFAULT_BUS) return stored;
  return { name, arn: busArn(scope, name), tags: [], createdAt: 0, modifiedAt: 0 };
}

/** @throws AwsError `ResourceNotFoundException`, also for the ARN of another account or region */
export function needBus(scope: Scope, reference: string | undefined): Readonly<EventBus> {
  const name = busNameOf(reference);
  const bus = findBus(scope, name);
  const isOther = reference?.startsWith("arn:") === true && reference !== bus?.arn;
  if (!bus || isOther) throw busMissing(name);
  return bus;
}

/** @throws AwsError `ResourceNotFoundException` */
export function needRule(
  scope: Scope,
  name: string,
  bus: string | undefined,
): Readonly<StoredRule> {
  const { name: busName } = needBus(scope, bus);
  const rule = scope.of(eventRules).get(ruleArn(scope, busName, name));
  if (!rule) throw ruleMissing(name, busName);
  return rule;
}

/** The account, region and name that the ARN of a bus names; undefined where it is none. */
export function parseBusArn(arn: string) {
  const parsed = parseArn(arn);
  if (parsed?.service !== "events" || !parsed.resource.startsWith("event-bus/")) return undefined;
  const { account, region, resource } = parsed;
  return { account, region, name: resource.slice("event-bus/".length) };
}
