import {
  keyOf,
  scalableTargets,
  scalingActivities,
  type ScalableTarget,
  type ScalingActivity,
} from "../../services/application-autoscaling/state.ts";
import {
  tellAction,
  watchAlarms,
  type AlarmEvent,
} from "../../services/cloudwatch/alarm-states.ts";
import { ecsServices, tasks } from "../../services/ecs/state.ts";
import type { Change } from "../../store/collection.ts";
import { Soon } from "../../ground/soon.ts";
import type { EngineContext, EnginePart } from "../engine.ts";
import { boundService, endActivities } from "./desired-count.ts";
import { actOnAlarm } from "./policy-action.ts";

/** What the end of an activity follows from. */
const TELLING: ReadonlySet<string> = new Set([
  ecsServices.name,
  tasks.name,
  scalingActivities.name,
]);

/**
 * Application Auto Scaling for services of ECS: alarms invoke its policies, a target's new bounds hold at once, and activities
 * end when the tasks are there.
 */
export class ServiceScaling implements EnginePart {
  readonly name = "service scaling";
  readonly #context: EngineContext;
  readonly #waiting: (() => void)[] = [];
  readonly #work = new Soon(() => this.#doWaiting());
  #unsubscribe: readonly (() => void)[] = [];

  constructor(context: EngineContext) {
    this.#context = context;
  }

  async start(): Promise<void> {
    const { store } = this.#context;
    this.#unsubscribe = [
      watchAlarms(store, (event) => {
        if (event.actions.length > 0) this.#later(() => this.#invoke(event));
      }),
      store.onCommit((changes) => this.#changed(changes)),
    ];
    this.#later(() => this.#endActivities());
  }

  async stop(): Promise<void> {
    for (const unsubscribe of this.#unsubscribe) unsubscribe();
    this.#work.stop();
  }

  /** Does work when the commit that it follows from is over. */
  #later(work: () => void): void {
    this.#waiting.push(work);
    this.#work.ask();
  }

  #doWaiting(): void {
    for (const each of this.#waiting.splice(0)) {
      try {
        each();
      } catch (error) {
        this.#context.logger.error("a service could not be scaled", error);
      }
    }
  }

  #invoke({ place, alarm, actions }: AlarmEvent): void {
    const { store, clock } = this.#context;
    const scope = store.scope(place.account, place.region);
    for (const arn of actions.filter(isServicePolicy)) {
      const failure = store.record(() => actOnAlarm(this.#context, scope, alarm, arn));
      tellAction(store, { place, alarm }, { arn, at: clock.now(), failure });
    }
  }

  #changed(changes: readonly Change[]): void {
    for (const { kind, account, region, before, after } of changes)
      if (kind === scalableTargets.name && after && isMoved(before, after)) {
        const scope = this.#context.store.scope(account, region);
        this.#later(() => boundService(this.#context, scope, keyOf(after as ScalableTarget)));
      }
    if (changes.some(({ kind }) => TELLING.has(kind))) this.#later(() => this.#endActivities());
  }

  #endActivities(): void {
    const { store, clock } = this.#context;
    for (const collection of store.all(scalingActivities)) {
      const { account, region } = collection.place;
      const scope = store.scope(account, region);
      const open = new Map(
        collection.filter(isOpen).map((activity) => [keyOf(activity), activity]),
      );
      for (const activity of open.values())
        store.record(() => endActivities(scope, activity, clock.now()));
    }
  }
}

const isOpen = ({ status }: Readonly<ScalingActivity>) => status === "InProgress";

/** Policies of EC2's groups have ARNs of the same kind. */
const isServicePolicy = (arn: string) => arn.includes(":resource/");

function isMoved(before: object | undefined, after: object): boolean {
  const [old, target] = [before, after] as [ScalableTarget | undefined, ScalableTarget];
  return old?.min !== target.min || old.max !== target.max;
}
