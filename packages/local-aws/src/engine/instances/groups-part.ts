import type { Timer } from "../../clock/clock.ts";
import { endActivities, newActivity } from "../../services/autoscaling/activities.ts";
import { releaseInstance } from "../../services/autoscaling/release-instance.ts";
import {
  autoScalingGroups,
  type AutoScalingGroup,
  type GroupInstance,
} from "../../services/autoscaling/state.ts";
import { instances, type Instance } from "../../services/ec2/instances/state.ts";
import { GROUP_TAG } from "../../services/ecs/providers/find.ts";
import { tasks } from "../../services/ecs/state.ts";
import type { Change } from "../../store/collection.ts";
import type { Scope } from "../../store/store.ts";
import { SoonEach } from "../../ground/soon.ts";
import type { EngineContext, EnginePart } from "../engine.ts";
import { drainBeforeEnd } from "./managed-draining.ts";
import { chooseVictims, launchMember } from "./group-members.ts";

/** Between launches that failed, in idle time: doubled each time up to the longest. */
const RETRY_MS = 60_000;
const LONGEST_RETRY_MS = 15 * 60_000;

interface BackOff {
  readonly failures: number;
  /** Of the next launch; undefined once it is over. */
  readonly timer: Timer | undefined;
}

const keyOf = ({ account, region }: Scope, name: string) => `${account} ${region} ${name}`;

/**
 * Keeps each Auto Scaling group at the number of instances that it is to have.
 * https://docs.aws.amazon.com/autoscaling/ec2/userguide/auto-scaling-groups.html
 */
export class GroupsPart implements EnginePart {
  readonly name = "auto scaling groups";
  readonly #context: EngineContext;
  readonly #backOffs = new Map<string, BackOff>();
  readonly #dirty = new SoonEach<{ readonly scope: Scope; readonly name: string }>((all) => {
    for (const { scope, name } of all) this.#guarded(scope, name);
  });
  #unsubscribe: (() => void) | undefined;

  constructor(context: EngineContext) {
    this.#context = context;
  }

  async start(): Promise<void> {
    const { store } = this.#context;
    this.#unsubscribe = store.onCommit((changes) => {
      for (const change of changes) this.#committed(change);
    });
    for (const collection of store.all(autoScalingGroups)) {
      const { account, region } = collection.place;
      for (const { name } of collection.values()) this.#wake(store.scope(account, region), name);
    }
  }

  async stop(): Promise<void> {
    this.#unsubscribe?.();
    this.#dirty.stop();
    for (const { timer } of this.#backOffs.values()) timer?.cancel();
  }

  #committed({ kind, account, region, before, after }: Change): void {
    const scope = this.#context.store.scope(account, region);
    const value = after ?? before;
    if (kind === autoScalingGroups.name) this.#wake(scope, (value as AutoScalingGroup).name);
    // Tasks that have left an instance may be what its end has waited for.
    else if (kind === tasks.name) for (const name of this.#draining(scope)) this.#wake(scope, name);
    else if (kind === instances.name) {
      const group = (value as Instance).tags[GROUP_TAG];
      if (group !== undefined) this.#wake(scope, group);
    }
  }

  #draining(scope: Scope): string[] {
    return scope
      .of(autoScalingGroups)
      .filter((it) => it.instances.some(({ lifecycleState }) => lifecycleState === "Terminating"))
      .map(({ name }) => name);
  }

  #wake(scope: Scope, name: string): void {
    this.#dirty.ask(keyOf(scope, name), { scope, name });
  }

  #guarded(scope: Scope, name: string): void {
    try {
      this.#context.store.record(() => this.#reconcile(scope, name, keyOf(scope, name)));
    } catch (error) {
      this.#context.logger.error(`the Auto Scaling group ${name}`, error);
    }
  }

  #reconcile(scope: Scope, name: string, key: string): void {
    const now = this.#context.clock.now();
    const failure = this.#follow(scope, name, now);
    if (failure !== undefined) this.#failed(scope, name, key);
    const group = scope.of(autoScalingGroups).get(name);
    if (!group) return;
    if (group.status === "Delete in progress" && group.instances.length === 0)
      return void scope.of(autoScalingGroups).delete(name);
    const live = group.instances.filter(({ lifecycleState }) => lifecycleState !== "Terminating");
    if (live.length > group.desiredCapacity) this.#shrink(scope, group, live, now);
    else if (live.length < group.desiredCapacity && this.#backOffs.get(key)?.timer === undefined)
      this.#grow(scope, group, group.desiredCapacity - live.length, now, key);
  }

  /** Writes down what has become of the group's instances; answers why one could not start. */
  #follow(scope: Scope, name: string, now: number): string | undefined {
    const group = scope.of(autoScalingGroups).get(name);
    if (!group) return undefined;
    let failure: string | undefined;
    const members = group.instances.flatMap((member): GroupInstance[] => {
      const { instanceId, lifecycleState } = member;
      const instance = scope.of(instances).get(instanceId);
      if (!instance || instance.state === "terminated") {
        const why = lifecycleState === "Pending" ? instance?.stateReason?.message : undefined;
        failure ??= why;
        endActivities(scope, name, instanceId, { now, failure: why });
        return [];
      }
      if (lifecycleState === "Pending" && instance.state === "running") {
        endActivities(scope, name, instanceId, { now });
        this.#backOffs.delete(`${scope.account} ${scope.region} ${name}`);
        return [{ ...member, lifecycleState: "InService" }];
      }
      const isSick = instance.state === "stopping" || instance.state === "stopped";
      return [isSick ? { ...member, healthStatus: "Unhealthy" } : member];
    });
    if (JSON.stringify(members) !== JSON.stringify(group.instances))
      scope.of(autoScalingGroups).patch(name, { instances: members });
    for (const { instanceId, healthStatus, lifecycleState } of members)
      if (lifecycleState === "Terminating") drainBeforeEnd(scope, name, instanceId, now);
      else if (healthStatus === "Unhealthy") this.#replace(scope, name, instanceId, now);
    return failure;
  }

  #replace(scope: Scope, name: string, instanceId: string, now: number): void {
    const group = scope.of(autoScalingGroups).get(name)!;
    newActivity(scope, group, {
      description: `Terminating EC2 instance: ${instanceId}`,
      cause: `At ${new Date(now).toISOString()} an instance was taken out of service in response to an EC2 health check indicating it has been terminated or stopped.`,
      now,
    });
    releaseInstance(scope, group, instanceId, now);
  }

  #shrink(
    scope: Scope,
    group: AutoScalingGroup,
    live: readonly GroupInstance[],
    now: number,
  ): void {
    const from = live.length;
    for (const { instanceId } of chooseVictims(scope, group, live, from - group.desiredCapacity)) {
      const current = scope.of(autoScalingGroups).get(group.name)!;
      newActivity(scope, current, {
        description: `Terminating EC2 instance: ${instanceId}`,
        cause: `At ${new Date(now).toISOString()} an instance was taken out of service in response to a difference between desired and actual capacity, shrinking the capacity from ${from} to ${group.desiredCapacity}.`,
        now,
      });
      drainBeforeEnd(scope, group.name, instanceId, now);
    }
  }

  #grow(scope: Scope, group: AutoScalingGroup, count: number, now: number, key: string): void {
    const from = group.desiredCapacity - count;
    for (let made = 0; made < count; made++) {
      const fault = launchMember(scope, group.name, {
        cause: `At ${new Date(now).toISOString()} an instance was started in response to a difference between desired and actual capacity, increasing the capacity from ${from} to ${group.desiredCapacity}.`,
        now,
      });
      if (fault === undefined) continue;
      this.#failed(scope, group.name, key);
      return;
    }
  }

  #failed(scope: Scope, name: string, key: string): void {
    const { failures = 0, timer } = this.#backOffs.get(key) ?? {};
    timer?.cancel();
    const delay = Math.min(RETRY_MS * 2 ** failures, LONGEST_RETRY_MS);
    const wake = () => {
      this.#backOffs.set(key, { failures: failures + 1, timer: undefined });
      this.#wake(scope, name);
    };
    const next = this.#context.clock.idle(delay, wake);
    this.#backOffs.set(key, { failures: failures + 1, timer: next });
  }
}
