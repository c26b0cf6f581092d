import { randomUUID } from "node:crypto";
import { lastPart } from "../../ground/arn.ts";
import { ecsServices, type EcsService, type ServiceEvent } from "../../services/ecs/state.ts";
import type { Scope } from "../../store/store.ts";

/** How many events a service keeps. */
const MOST_EVENTS = 100;

/** The events of a service with new ones at their front, the last of `messages` being the newest. */
export function withEvents(
  events: readonly ServiceEvent[],
  messages: readonly string[],
  now: number,
): ServiceEvent[] {
  const added = messages.map((message) => ({ id: randomUUID(), createdAt: now, message }));
  return [...added.reverse(), ...events].slice(0, MOST_EVENTS);
}

/** Says something in a service's events, in the transaction under way. A service that is gone hears nothing. */
export function addServiceEvents(
  scope: Scope,
  serviceArn: string,
  messages: readonly string[],
  now: number,
): void {
  const service = scope.of(ecsServices).get(serviceArn);
  if (!service || messages.length === 0) return;
  scope.of(ecsServices).patch(serviceArn, { events: withEvents(service.events, messages, now) });
}

/** Tasks as events list them: `(task …) (task …)`. */
export const listTasks = (arns: readonly string[]) =>
  arns.map((arn) => `(task ${lastPart(arn)})`).join(" ");

/** Whether the newest event already says `message`: then it is not said again. */
export const saidLast = ({ events }: EcsService, message: string) => events[0]?.message === message;
