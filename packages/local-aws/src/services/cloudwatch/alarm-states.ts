import { isDeepStrictEqual } from "node:util";
import type { StateValue } from "@aws-sdk/client-cloudwatch";
import type { Place } from "../../store/collection.ts";
import type { Scope, Store } from "../../store/store.ts";
import type { AlarmConfigured } from "./alarm-event.ts";
import { addHistory } from "./history.ts";
import { keptBack } from "./suppression.ts";
import { alarms, type Alarm, type AlarmState, type Invocation } from "./state.ts";

/** What an alarm is found to be. */
export interface NewState {
  readonly value: StateValue;
  readonly reason: string;
  readonly reasonData?: string | undefined;
}

/**
 * Puts an alarm into a state, in the transaction under way; where that is another one than before it is written down and
 * the actions of the new state are invoked.
 */
export function moveAlarm(store: Scope, alarm: Readonly<Alarm>, next: NewState, now: number): void {
  const before = alarm.state;
  const isMoved = before.value !== next.value;
  if (!isMoved && before.reason === next.reason) return;
  const transitionedAt = isMoved ? now : before.transitionedAt;
  const state: AlarmState = { ...next, updatedAt: now, transitionedAt };
  const suppression = isMoved ? keptBack(store, alarm, before, now) : undefined;
  const acts = isMoved && !suppression && invocation(alarm, state, now);
  const patch = { state, ...(suppression && { suppression }), ...acts };
  store.of(alarms).patch(alarm.name, patch);
  if (!isMoved) return;
  addHistory(store, alarm, {
    at: now,
    type: "StateUpdate",
    summary: `Alarm updated from ${before.value} to ${next.value}`,
    data: { version: "1.0", oldState: historyState(before), newState: historyState(state) },
  });
}

function invocation(
  { actionsEnabled, actions, invoked, state: before }: Readonly<Alarm>,
  state: AlarmState,
  now: number,
): { invoked?: Invocation } {
  const arns = actions[state.value];
  if (!actionsEnabled || arns.length === 0) return {};
  const count = (invoked?.count ?? 0) + 1;
  return { invoked: { at: now, count, actions: arns, from: before.value, fromReason: before } };
}

/**
 * Invokes an alarm's scaling policies again: for those an alarm goes on, once a minute, while its state lasts.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/AlarmThatSendsEmail.html#alarms-and-actions
 */
export function invokeAgain(store: Scope, alarm: Readonly<Alarm>, now: number): void {
  const again = alarm.actions[alarm.state.value].filter(isScalingPolicy);
  if (!alarm.actionsEnabled || again.length === 0) return;
  const count = (alarm.invoked?.count ?? 0) + 1;
  const { value: from } = alarm.state;
  const invoked = { at: now, count, actions: again, from, fromReason: alarm.state };
  store.of(alarms).patch(alarm.name, { invoked });
}

/** `arn:aws:autoscaling:REGION:ACCOUNT:scalingPolicy:ID:resource/ecs/service/CLUSTER/SERVICE:policyName/NAME`, or of a group. */
export const isScalingPolicy = (arn: string): boolean =>
  /^arn:aws:autoscaling:[^:]*:\d{12}:scalingPolicy:/.test(arn);

function historyState({ value, reason, reasonData }: AlarmState) {
  const data =
    reasonData === undefined ? {} : { stateReasonData: JSON.parse(reasonData) as unknown };
  return { stateValue: value, stateReason: reason, ...data };
}

/** What an alarm does of itself. */
export interface AlarmEvent {
  readonly place: Place;
  readonly alarm: Readonly<Alarm>;
  /** The state that it had when it last acted; the same as `alarm.state` where that lasts. */
  readonly from: AlarmState;
  /** Whether its state has changed just now; actions that were kept back come later. */
  readonly isMoved: boolean;
  /** The ARNs of the actions that are invoked now; empty where the state has none, or actions are disabled. */
  readonly actions: readonly string[];
}

/**
 * Tells of each alarm's change of state, and of each time that scaling policies are invoked again while a state lasts; after
 * the transaction in which it happened. Whoever carries an action out says how it went by {@link tellAction}.
 * @returns how to stop
 */
export function watchAlarms(store: Store, tell: (event: AlarmEvent) => void): () => void {
  return store.onCommit((changes) => {
    for (const { kind, account, region, before, after } of changes) {
      if (kind !== alarms.name || !after || !before) continue;
      const [old, alarm] = [before as Alarm, after as Alarm];
      const isInvoked = alarm.invoked !== undefined && alarm.invoked.count !== old.invoked?.count;
      const isMoved = old.state.value !== alarm.state.value;
      if (!isInvoked && !isMoved) continue;
      const { actions, fromReason: from } = isInvoked
        ? alarm.invoked!
        : { actions: [], fromReason: old.state };
      tell({ place: { account, region }, alarm, from, isMoved, actions });
    }
  });
}

/** Tells of each alarm that was made, configured anew or deleted, after the transaction in which it happened. @returns how to stop */
export function watchConfigurations(
  store: Store,
  tell: (configured: AlarmConfigured) => void,
): () => void {
  return store.onCommit((changes) => {
    for (const { kind, account, region, ...change } of changes) {
      if (kind !== alarms.name) continue;
      const [before, after] = [change.before, change.after] as [Alarm?, Alarm?];
      const place = { account, region };
      if (!after) tell({ place, operation: "delete", alarm: before!, before: undefined });
      else if (!before) tell({ place, operation: "create", alarm: after, before });
      else if (isConfiguredAnew(before, after))
        tell({ place, operation: "update", alarm: after, before });
    }
  });
}

/** Also twice within a millisecond. */
function isConfiguredAnew(before: Alarm, after: Alarm): boolean {
  const configuration = (alarm: Alarm) => {
    const { state: _state, invoked: _invoked, suppression: _by, tags: _tags, ...rest } = alarm;
    return rest;
  };
  return !isDeepStrictEqual(configuration(before), configuration(after));
}

/** How an action of an alarm went. */
export interface ActionOutcome {
  readonly arn: string;
  readonly at: number;
  /** What was published, where something was to be. */
  readonly message?: string;
  /** Why it failed, in AWS's words; undefined where it succeeded. */
  readonly failure?: string | undefined;
}

/** Writes into an alarm's history how an action went. Opens a transaction of its own. */
export function tellAction(
  store: Store,
  { place, alarm }: Pick<AlarmEvent, "place" | "alarm">,
  { arn, at, message, failure }: ActionOutcome,
): void {
  const summary =
    failure === undefined
      ? `Successfully executed action ${arn}`
      : `Failed to execute action ${arn}`;
  const data = {
    actionState: failure === undefined ? "Succeeded" : "Failed",
    notificationResource: arn,
    ...(message !== undefined && { publishedMessage: message }),
    ...(failure !== undefined && { error: failure }),
    stateUpdateTimestamp: alarm.state.updatedAt,
  };
  const scope = store.scope(place.account, place.region);
  store.record(() => addHistory(scope, alarm, { at, type: "Action", summary, data }));
}
