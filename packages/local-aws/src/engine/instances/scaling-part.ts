import type { Timer } from "../../clock/clock.ts";
import { groupNameOf } from "../../services/autoscaling/find.ts";
import { autoScalingGroups, type AutoScalingGroup } from "../../services/autoscaling/state.ts";
import { containerInstances, containerInstancesByEc2 } from "../../services/ecs/instances/state.ts";
import { capacityProviders, type CapacityProvider } from "../../services/ecs/providers/state.ts";
import { tasks } from "../../services/ecs/state.ts";
import type { Change } from "../../store/collection.ts";
import type { Scope } from "../../store/store.ts";
import { Soon } from "../../ground/soon.ts";
import type { EngineContext, EnginePart } from "../engine.ts";
import { isIdle } from "./managed-draining.ts";
import { neededInstances } from "./needed-instances.ts";

/** How long a group must have had too many instances before some go: fifteen readings, a minute each, in idle time. */
const SCALE_IN_AFTER_MS = 15 * 60_000;

/**
 * Managed scaling: the Auto Scaling group of a capacity provider grows when tasks wait for instances, and shrinks when instances have
 * stood idle. https://docs.aws.amazon.com/AmazonECS/latest/developerguide/managed-scaling-behavior.html
 */
export class ScalingPart implements EnginePart {
  readonly name = "managed scaling";
  readonly #context: EngineContext;
  /** Of groups that have too many instances, by provider. */
  readonly #idle = new Map<string, Timer>();
  readonly #look = new Soon(() => this.#scaleAll());
  #unsubscribe: (() => void) | undefined;

  constructor(context: EngineContext) {
    this.#context = context;
  }

  async start(): Promise<void> {
    this.#unsubscribe = this.#context.store.onCommit((changes) => {
      if (changes.some(concerns)) this.#look.ask();
    });
    this.#look.ask();
  }

  async stop(): Promise<void> {
    this.#unsubscribe?.();
    this.#look.stop();
    for (const timer of this.#idle.values()) timer.cancel();
  }

  #scaleAll(): void {
    for (const collection of this.#context.store.all(capacityProviders)) {
      const { account, region } = collection.place;
      const scope = this.#context.store.scope(account, region);
      for (const provider of collection.values()) this.#guarded(scope, provider);
    }
  }

  #guarded(scope: Scope, provider: CapacityProvider): void {
    try {
      this.#context.store.record(() => this.#scale(scope, provider));
    } catch (error) {
      this.#context.logger.error(`managed scaling of ${provider.name}`, error);
    }
  }

  #scale(scope: Scope, provider: CapacityProvider): void {
    const group = scope.of(autoScalingGroups).get(groupNameOf(provider.autoScalingGroupArn));
    if (!group || group.status || provider.managedScaling.status === "DISABLED") return;
    if (provider.managedTerminationProtection === "ENABLED") protectBusy(scope, group);
    const { minimumScalingStepSize: least, maximumScalingStepSize: most } = provider.managedScaling;
    const wanted = neededInstances(scope, provider, group);
    const bounded = Math.min(Math.max(wanted, group.minSize), group.maxSize);
    const { desiredCapacity: desired, name } = group;
    if (bounded > desired) {
      const step = Math.min(Math.max(bounded - desired, least), most);
      const desiredCapacity = Math.min(desired + step, group.maxSize);
      scope.of(autoScalingGroups).patch(name, { desiredCapacity });
    }
    this.#watchIdle(scope, provider, bounded < desired);
  }

  /** A group with too many instances is looked at again when that has been so for long enough. */
  #watchIdle(scope: Scope, { arn, name }: CapacityProvider, hasTooMany: boolean): void {
    const timer = this.#idle.get(arn);
    if (!hasTooMany) {
      timer?.cancel();
      this.#idle.delete(arn);
      return;
    }
    if (timer) return;
    const shrink = () => {
      this.#idle.delete(arn);
      this.#context.store.record(() => this.#shrink(scope, name));
    };
    this.#idle.set(arn, this.#context.clock.idle(SCALE_IN_AFTER_MS, shrink));
  }

  #shrink(scope: Scope, name: string): void {
    const provider = scope.of(capacityProviders).get(name);
    const group =
      provider && scope.of(autoScalingGroups).get(groupNameOf(provider.autoScalingGroupArn));
    if (!provider || !group) return;
    const wanted = Math.max(neededInstances(scope, provider, group), group.minSize);
    if (wanted < group.desiredCapacity)
      scope.of(autoScalingGroups).patch(group.name, { desiredCapacity: wanted });
  }
}

/** Instances with tasks are not taken away while others could be. https://docs.aws.amazon.com/AmazonECS/latest/developerguide/managed-termination-protection.html */
function protectBusy(scope: Scope, group: AutoScalingGroup): void {
  const isBusy = (instanceId: string) =>
    scope
      .of(containerInstances)
      .by(containerInstancesByEc2, instanceId)
      .some(({ arn }) => !isIdle(scope, arn));
  const wanted = group.instances.map((it) => {
    const protectedFromScaleIn = it.lifecycleState === "Pending" || isBusy(it.instanceId);
    return it.protectedFromScaleIn === protectedFromScaleIn ? it : { ...it, protectedFromScaleIn };
  });
  if (wanted.some((it, index) => it !== group.instances[index]))
    scope.of(autoScalingGroups).patch(group.name, { instances: wanted });
}

const KINDS: ReadonlySet<string> = new Set([
  tasks.name,
  containerInstances.name,
  capacityProviders.name,
  autoScalingGroups.name,
]);

/** What the number of instances that are needed follows from. */
const concerns = ({ kind }: Change): boolean => KINDS.has(kind);
