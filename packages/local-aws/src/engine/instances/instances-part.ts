import type { Timer } from "../../clock/clock.ts";
import { ended } from "../../services/ec2/instances/lifecycle.ts";
import { instances, type Instance } from "../../services/ec2/instances/state.ts";
import { containerInstances, containerInstancesByEc2 } from "../../services/ecs/instances/state.ts";
import { disconnectAgent, forgetInstance } from "../../services/ecs/instances/register.ts";
import { tasksOn } from "../../services/ecs/placement/remaining.ts";
import { clusters, tasks } from "../../services/ecs/state.ts";
import { INSTANCE_TEXTS as SAID } from "../../services/ecs/instance-texts.ts";
import type { Change, Place } from "../../store/collection.ts";
import type { Scope } from "../../store/store.ts";
import type { EngineContext, EnginePart } from "../engine.ts";
import { untilChanged } from "../scheduler/commits.ts";
import { connectAgent, isConnected, tellServices } from "./agent.ts";

/** What the tier gives to instances: a network each, and a disk that stays until they are terminated. */
export interface InstanceHost {
  open(instanceId: string, address: string): Promise<void>;
  close(instanceId: string): Promise<void>;
  /** Takes away the disks of all instances but these. */
  sweep(kept: readonly string[]): Promise<void>;
}

/** How often an agent that could not register tries again, in idle time. */
const AGENT_RETRY_MS = 60_000;
/** How long a terminated instance is shown. */
const SHOWN_MS = 60 * 60_000;
const EXPIRE_EVERY_MS = 10 * 60_000;

/** Why a tier has no instances, and what to do. */
const NO_HOST =
  "instances run where tasks run as containers alone, and here they run as plain processes. Type: ./workbook cloud down, then ./workbook cloud up --tasks containers";

/**
 * Takes EC2 instances through their lives: gives each a network, lets its agent register, and tells tasks when it goes.
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-instance-lifecycle.html
 */
export class InstancesPart implements EnginePart {
  readonly name = "instances";
  readonly #context: EngineContext;
  /** Undefined where instances cannot be. */
  readonly #host: InstanceHost | undefined;
  readonly #work = new Map<string, Promise<void>>();
  readonly #retries = new Map<string, Timer>();
  readonly #closing = new AbortController();
  #expiry: Timer | undefined;
  #unsubscribe: (() => void) | undefined;

  constructor(context: EngineContext, host: InstanceHost | undefined) {
    this.#context = context;
    this.#host = host;
  }

  async start(): Promise<void> {
    const { store } = this.#context;
    this.#unsubscribe = store.onCommit((changes) => this.#committed(changes));
    await this.reopen();
    await this.#sweep();
    this.#expireRegularly();
  }

  async stop(): Promise<void> {
    this.#closing.abort();
    this.#unsubscribe?.();
    this.#expiry?.cancel();
    for (const timer of this.#retries.values()) timer.cancel();
    await Promise.all(this.#work.values());
  }

  /** Gives every instance that runs its network again: the room is new, or the server. The others go on where they were. */
  async reopen(): Promise<void> {
    for (const collection of this.#context.store.all(instances)) {
      const scope = this.#context.store.scope(collection.place.account, collection.place.region);
      const all = collection.values();
      for (const instance of all.filter((it) => it.state === "running"))
        await this.#open(scope, instance);
      for (const { instanceId } of all) this.#follow(collection.place, instanceId);
    }
  }

  /** Gives an instance its network, or ends it. */
  async #open(scope: Scope, { instanceId, privateIpAddress }: Instance): Promise<void> {
    if (!this.#host) return this.#cannotBoot(scope, instanceId, NO_HOST);
    try {
      await this.#host.open(instanceId, privateIpAddress);
    } catch (error) {
      const said = error instanceof Error ? error.message : String(error);
      this.#cannotBoot(scope, instanceId, `an instance cannot have its network here: ${said}`);
    }
  }

  #committed(changes: readonly Change[]): void {
    for (const change of changes) {
      if (change.kind === instances.name) {
        const [before, after] = [change.before, change.after] as (Instance | undefined)[];
        if (after && before?.state !== after.state) this.#follow(change, change.id);
      }
      if (change.kind === clusters.name && change.after) this.#retryAll(change);
    }
  }

  /** An agent that found no cluster hears of one that is made. */
  #retryAll({ account, region }: Place): void {
    for (const { instanceId } of this.#context.store
      .of(instances, account, region)
      .filter(({ state }) => state === "running"))
      if (this.#retries.has(instanceId)) this.#follow({ account, region }, instanceId);
  }

  /** One thing after the other for each instance. */
  #follow(place: Place, instanceId: string): void {
    if (this.#closing.signal.aborted) return;
    const scope = this.#context.store.scope(place.account, place.region);
    const before = this.#work.get(instanceId) ?? Promise.resolve();
    const work = before
      .then(() => this.#step(scope, instanceId))
      .catch((error: unknown) => this.#context.logger.error(`the instance ${instanceId}`, error))
      .then(() => {
        if (this.#work.get(instanceId) === work) this.#work.delete(instanceId);
      });
    this.#work.set(instanceId, work);
  }

  async #step(scope: Scope, instanceId: string): Promise<void> {
    const instance = scope.of(instances).get(instanceId);
    if (!instance || this.#closing.signal.aborted) return;
    switch (instance.state) {
      case "pending":
        return this.#boot(scope, instance);
      case "running":
        return this.#connect(scope, instanceId);
      case "stopping":
      case "shutting-down":
        return this.#shutDown(scope, instance);
      default:
        return;
    }
  }

  async #boot(scope: Scope, instance: Instance): Promise<void> {
    await this.#open(scope, instance);
    const { instanceId } = instance;
    if (scope.of(instances).get(instanceId)?.state !== "pending") return;
    this.#context.store.record(
      () => void scope.of(instances).patch(instanceId, { state: "running" }),
    );
  }

  /** Ends an instance that cannot be, and says why where people look: as its reason, and in services' events. */
  #cannotBoot(scope: Scope, instanceId: string, why: string): void {
    const { store, clock } = this.#context;
    const message = `Local AWS: ${why}`;
    store.record(() => {
      const before = scope.of(instances).get(instanceId)!;
      const hasRun =
        scope.of(containerInstances).by(containerInstancesByEc2, instanceId).length > 0;
      // One that has run where it could waits there to be started again.
      if (before.state === "pending" && !hasRun) ended(scope, before, clock.now());
      else scope.of(instances).patch(instanceId, { state: "stopped" });
      disconnectAgent(scope, instanceId);
      const instance = scope.of(instances).patch(instanceId, {
        stateReason: { code: "Server.InternalError", message: `Server.InternalError: ${message}` },
        stateTransitionReason: "Server.InternalError",
      });
      tellServices(scope, instance, message, clock.now());
    });
  }

  #connect(scope: Scope, instanceId: string): void {
    const { store, clock, logger } = this.#context;
    this.#retries.get(instanceId)?.cancel();
    this.#retries.delete(instanceId);
    const instance = scope.of(instances).get(instanceId);
    if (instance?.state !== "running" || this.#closing.signal.aborted) return;
    if (isConnected(scope, instanceId)) return;
    const agentFault = store.record(() => connectAgent(store, scope, instance, clock.now()));
    if (agentFault !== instance.agentFault)
      store.record(() => void scope.of(instances).patch(instanceId, { agentFault }));
    if (agentFault === undefined) return;
    if (agentFault !== instance.agentFault)
      logger.info(`the ECS agent of ${instanceId} cannot register: ${agentFault}`);
    this.#retries.set(
      instanceId,
      clock.idle(AGENT_RETRY_MS, () => this.#follow(scope, instanceId)),
    );
  }

  /** Tasks end with their instance, then its network goes. */
  async #shutDown(scope: Scope, instance: Instance): Promise<void> {
    const { store, clock } = this.#context;
    const { instanceId, state } = instance;
    this.#retries.get(instanceId)?.cancel();
    this.#retries.delete(instanceId);
    const isEnd = state === "shutting-down";
    const registered = scope.of(containerInstances).by(containerInstancesByEc2, instanceId);
    const left = () => registered.flatMap(({ arn }) => tasksOn(scope, arn));
    store.record(() => {
      disconnectAgent(scope, instanceId);
      const reason = { instance: instanceId, what: isEnd ? "terminated" : "stopped" };
      for (const { arn, desiredStatus, version } of left())
        if (desiredStatus !== "STOPPED")
          scope.of(tasks).patch(arn, {
            desiredStatus: "STOPPED",
            stopCode: "TerminationNotice",
            stoppedReason: SAID.hostGone(reason),
            stoppingAt: clock.now(),
            version: version + 1,
          });
    });
    const { signal } = this.#closing;
    const watch = (changed: () => void) => store.onCommit(changed);
    await untilChanged(watch, () => left().length === 0, signal);
    if (signal.aborted) return;
    await this.#host?.close(instanceId);
    store.record(() => {
      if (!isEnd) return void scope.of(instances).patch(instanceId, { state: "stopped" });
      forgetInstance(scope, instanceId);
      ended(scope, scope.of(instances).get(instanceId)!, clock.now());
    });
    if (isEnd) await this.#sweep();
  }

  /** The disk of an instance goes with it: of one whose server died first, at the next start. */
  async #sweep(): Promise<void> {
    const all = this.#context.store.all(instances).flatMap((collection) => collection.values());
    const kept = all.filter(({ state }) => state !== "terminated");
    await this.#host?.sweep(kept.map(({ instanceId }) => instanceId));
  }

  #expireRegularly(): void {
    const { store, clock } = this.#context;
    store.record(() => {
      for (const collection of store.all(instances))
        for (const { instanceId, terminatedAt } of collection.values())
          if (terminatedAt !== undefined && clock.now() - terminatedAt > SHOWN_MS)
            collection.delete(instanceId);
    });
    this.#expiry = clock.deadline(EXPIRE_EVERY_MS, () => this.#expireRegularly());
  }
}
