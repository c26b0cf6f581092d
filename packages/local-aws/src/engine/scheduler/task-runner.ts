import { deleteNetworkInterface } from "../../services/ec2/interfaces.ts";
import type { EngineContext } from "../engine.ts";
import { TEXTS } from "../../services/ecs/texts.ts";
import { SPOT_INTERRUPTION, SPOT_NOTICE_MS } from "../../services/ecs/spot.ts";
import type { TaskObserver } from "../runtime/driver.ts";
import { taskHealth } from "../../services/ecs/container-health.ts";
import { unlessAborted } from "../../ground/unless-aborted.ts";
import { untilChanged } from "./commits.ts";
import { readEnvironmentFiles } from "./container-environment.ts";
import { readSecrets } from "./container-secrets.ts";
import type { LogSink } from "../logs/log-sink.ts";
import { openLogs, runtimeIds } from "./task-logs.ts";
import { prepareRouter } from "./task-router.ts";
import {
  provision,
  pullImages,
  refuseUnsupported,
  toSpec,
  type SchedulerNeeds,
  type StartParts,
} from "./task-start.ts";
import { hasEnded, hasRun, stoppedTask } from "./stopped-task.ts";
import { TaskFault } from "./task-faults.ts";
import type { TaskRecord } from "./task-store.ts";
import {
  deregisterTargets,
  holdsTargets,
  onTargetsChange,
  registerTargets,
} from "./task-targets.ts";

/**
 * One task from PROVISIONING to STOPPED. It writes each step into the store and stops when the store says that the task
 * is to (`desiredStatus`). https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-lifecycle-explanation.html
 */
export class TaskRunner {
  readonly record: TaskRecord;
  readonly #context: EngineContext;
  readonly #needs: SchedulerNeeds;
  /** Aborted when the scheduler ends: nothing is written any more. */
  readonly #closing: AbortSignal;
  readonly #stopping = new AbortController();
  #sinks: ReadonlyMap<string, LogSink> = new Map();
  /** Whether all containers have been started: before, the driver's own answer says what becomes of the task. */
  #started = false;

  constructor(
    record: TaskRecord,
    context: EngineContext,
    needs: SchedulerNeeds,
    closing: AbortSignal,
  ) {
    this.record = record;
    this.#context = context;
    this.#needs = needs;
    this.#closing = closing;
  }

  /** Lives the task's life; resolves when it has STOPPED, or the scheduler ends. Rejects only for a fault of our own. */
  async run(): Promise<void> {
    const mustStop = () => this.record.task.desiredStatus === "STOPPED";
    const watch = (changed: () => void) => this.record.onChange(changed);
    const unwatch = watch(() => {
      if (!this.#closing.aborted && mustStop()) this.#stopping.abort();
    });
    try {
      await this.#start();
      await untilChanged(watch, mustStop, this.#closing);
      await this.#stop();
    } finally {
      unwatch();
    }
  }

  async #start(): Promise<void> {
    const { clock } = this.#context;
    try {
      await this.#startSteps();
    } catch (error) {
      if (this.#closing.aborted) return;
      const reason = error instanceof Error ? error.message : String(error);
      const isStopping = this.#stopping.signal.aborted;
      // ECS's words begin with the name of an error; anything else is a fault of our own.
      const isEcs = error instanceof TaskFault || /^[A-Z]\w+(Error|Exception): /.test(reason);
      if (!isStopping && !isEcs)
        this.#context.logger.error(`${this.record.arn} could not be started`, error);
      this.record.requestStop("TaskFailedToStart", reason, clock.now());
    }
  }

  async #startSteps(): Promise<void> {
    const { record } = this;
    const signal = AbortSignal.any([this.#closing, this.#stopping.signal]);
    const parts: StartParts = { context: this.#context, needs: this.#needs, record, signal };
    await this.#placed(signal);
    provision(parts);
    refuseUnsupported(parts);
    const images = await unlessAborted(pullImages(parts), signal);
    for (const { reference, standIn } of images.values())
      if (standIn !== undefined) record.sayStandIn(reference, standIn, this.#context.clock.now());
    const ids = runtimeIds(parts);
    this.#sinks = await unlessAborted(openLogs(parts, images, ids), signal, (sinks) => {
      for (const sink of sinks.values()) void sink.close();
    });
    const files = await unlessAborted(readEnvironmentFiles(parts), signal);
    const secrets = await unlessAborted(readSecrets(parts), signal);
    const router = await unlessAborted(prepareRouter(parts), signal);
    const spec = toSpec(parts, { images, ids, files, secrets, router });
    const { driver } = this.#needs;
    const how = driver.name === "containers" ? "containers" : "plain processes";
    record.sayUnheeded(how, driver.unheeded(spec), this.#context.clock.now());
    await this.#needs.driver.start(spec, this.#observer(), signal);
    signal.throwIfAborted();
    this.#activate();
  }

  /** A task of a provider of instances stays PROVISIONING until there is one for it. */
  async #placed(signal: AbortSignal): Promise<void> {
    const { record } = this;
    const isPlaced = () =>
      record.task.launchType !== "EC2" || record.task.containerInstanceArn !== undefined;
    await untilChanged((changed) => record.onChange(changed), isPlaced, signal);
    signal.throwIfAborted();
  }

  /** ACTIVATING: the task joins its target groups, and runs. One that has ended meanwhile joins none. */
  #activate(): void {
    const { record } = this;
    const now = this.#context.clock.now();
    record.write(() => ({ lastStatus: "ACTIVATING" }));
    record.write((task) => {
      const { service } = record;
      if (service && !hasEnded(task)) registerTargets(record.scope, service, task, now);
      return { lastStatus: "RUNNING", startedAt: now };
    });
    this.#started = true;
    if (hasEnded(record.task)) this.#endWithContainers();
  }

  #observer(): TaskObserver {
    const { record } = this;
    const { clock } = this.#context;
    const live = (tell: () => void) => {
      if (!this.#closing.aborted) tell();
    };
    return {
      starting: async (name) => this.#sinks.get(name)?.begin?.(),
      started: (name, runtimeId, bindings) =>
        live(() =>
          record.writeContainer(name, {
            lastStatus: "RUNNING",
            runtimeId,
            bindings: [...bindings],
          }),
        ),
      output: (name, stream, line) => this.#sinks.get(name)?.write(stream, line, clock.now()),
      ending: async (name) => this.#sinks.get(name)?.close(),
      health: (name, healthStatus) =>
        live(() =>
          record.write(({ containers }) => {
            const told = containers.map((it) => (it.name === name ? { ...it, healthStatus } : it));
            return { containers: told, healthStatus: taskHealth(record.definition, told) };
          }),
        ),
      restarted: (name, restartCount) =>
        live(() => record.writeContainer(name, { restartCount, healthStatus: "UNKNOWN" })),
      exited: (name, exitCode, reason) => live(() => this.#exited(name, exitCode, reason)),
    };
  }

  #exited(name: string, exitCode: number, reason: string | undefined): void {
    this.record.writeContainer(name, { lastStatus: "STOPPED", exitCode, reason });
    const { task } = this.record;
    // While containers are being started the driver's answer is waited for, unless one of them is not to start any more.
    if (hasEnded(task) && (this.#started || !task.containers.every(hasRun)))
      this.#endWithContainers();
  }

  #endWithContainers(): void {
    const now = this.#context.clock.now();
    const { record } = this;
    const ended = record.task.containers.filter(({ lastStatus }) => lastStatus === "STOPPED");
    if (ended.some((it) => it.essential && !hasRun(it))) {
      record.requestStop("TaskFailedToStart", TEXTS.failedToStart(), now);
      return;
    }
    record.write((task) => ({ executionStoppedAt: task.executionStoppedAt ?? now }));
    record.requestStop("EssentialContainerExited", TEXTS.essentialExited(), now);
  }

  async #stop(): Promise<void> {
    const drained = this.#closing.aborted ? undefined : this.#drain();
    // Spot waits for nobody: the program hears of it at once, while its targets still drain.
    const isInterrupted = this.record.task.stopCode === SPOT_INTERRUPTION;
    if (!isInterrupted) await drained;
    const ran = this.record.task.containers.some(hasRun);
    if (ran && !this.#closing.aborted) this.record.write(() => ({ lastStatus: "STOPPING" }));
    await this.#needs.driver.stop(this.record.arn);
    if (isInterrupted) await this.#untilTaken(drained);
    await Promise.all(Array.from(this.#sinks.values(), (sink) => sink.close()));
    this.#needs.metadata.unregister(this.record.arn);
    if (this.#closing.aborted) return;
    this.record.write(() => ({ lastStatus: "DEPROVISIONING" }));
    this.#end();
  }

  /** DEACTIVATING: no new requests, and those under way are finished, before a container hears of it. */
  async #drain(): Promise<void> {
    const { record } = this;
    const { service } = record;
    if (!service || !holdsTargets(record.scope, service, record.task)) return;
    record.write((task) => {
      deregisterTargets(record.scope, service, task, this.#context.clock.now());
      return { lastStatus: "DEACTIVATING" };
    });
    const drained = () => !holdsTargets(record.scope, service, record.task);
    await untilChanged(
      (changed) =>
        onTargetsChange(this.#context.store, record.scope, service, record.task, changed),
      drained,
      this.#closing,
    );
  }

  /** Waits for requests under way, but no longer than Spot leaves the capacity. */
  async #untilTaken(drained: Promise<void> | undefined): Promise<void> {
    const { clock } = this.#context;
    const { stoppingAt = clock.now() } = this.record.task;
    const leftMs = Math.max(0, SPOT_NOTICE_MS - clock.idleSince(stoppingAt));
    const taken = Promise.withResolvers<void>();
    const timer = clock.idle(leftMs, () => taken.resolve());
    await Promise.race([drained, taken.promise]);
    timer.cancel();
  }

  #end(): void {
    const { record } = this;
    const now = this.#context.clock.now();
    record.write((task) => {
      if (task.networkInterfaceId) deleteNetworkInterface(record.scope, task.networkInterfaceId);
      return stoppedTask(task, now);
    });
  }
}
