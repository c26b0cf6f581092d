import type { StandInFacts } from "@workbook/registry-client";
import { lastPart } from "../../ground/arn.ts";
import type { Deployment } from "../../services/ecs/deployment.ts";
import type { TaskContainer } from "../../services/ecs/task-container.ts";
import {
  ecsServices,
  taskDefinitions,
  tasks,
  type EcsService,
  type Task,
  type TaskDefinition,
} from "../../services/ecs/state.ts";
import { TEXTS } from "../../services/ecs/texts.ts";
import type { Scope, Store } from "../../store/store.ts";
import { addServiceEvents } from "./service-events.ts";

/** One task as it is in the store, and how to write to it. */
export class TaskRecord {
  readonly arn: string;
  readonly scope: Scope;
  readonly #store: Store;

  constructor(store: Store, scope: Scope, arn: string) {
    this.#store = store;
    this.scope = scope;
    this.arn = arn;
  }

  /** 32 hex digits. */
  get id(): string {
    return lastPart(this.arn);
  }

  get task(): Readonly<Task> {
    const task = this.scope.of(tasks).get(this.arn);
    if (!task) throw new Error(`the task ${this.arn} is not in the store`);
    return task;
  }

  get definition(): Readonly<TaskDefinition> {
    const { taskDefinitionArn } = this.task;
    const definition = this.scope.of(taskDefinitions).get(taskDefinitionArn);
    if (!definition) throw new Error(`${this.arn} is of ${taskDefinitionArn}, which is not stored`);
    return definition;
  }

  /** The service that it belongs to; undefined for a standalone task. */
  get service(): Readonly<EcsService> | undefined {
    const { serviceArn } = this.task;
    return serviceArn === undefined ? undefined : this.scope.of(ecsServices).get(serviceArn);
  }

  /** The deployment of that service which has started it; undefined for a standalone task. */
  get deployment(): Readonly<Deployment> | undefined {
    const { startedBy } = this.task;
    return this.service?.deployments.find(({ id }) => id === startedBy);
  }

  /**
   * Settles which image a container has in all tasks of this one's deployment.
   * @returns the digest that was settled first; `digest`, where none was
   */
  settleImage(container: string, digest: string): string {
    return this.#store.record(() => {
      const { service, deployment } = this;
      if (!service || !deployment) return digest;
      const settled = deployment.imageDigests?.[container];
      if (settled !== undefined) return settled;
      const imageDigests = { ...deployment.imageDigests, [container]: digest };
      this.scope.of(ecsServices).patch(service.arn, {
        deployments: service.deployments.map((each) =>
          each.id === deployment.id ? { ...each, imageDigests } : each,
        ),
      });
      return digest;
    });
  }

  /** Calls `listener` after each change of the task; returns how to stop. */
  onChange(listener: () => void): () => void {
    return this.#store.onChange(this.scope.of(tasks), this.arn, listener);
  }

  /** Writes to the task, with anything else that belongs into the same transaction. */
  write(change: (task: Readonly<Task>) => Partial<Task>): void {
    this.#store.record(() => {
      const before = this.task;
      this.scope.of(tasks).patch(this.arn, { ...change(before), version: before.version + 1 });
    });
  }

  /** Writes to one container of the task. */
  writeContainer(name: string, patch: Partial<TaskContainer>): void {
    this.write(({ containers }) => ({
      containers: containers.map((it) => (it.name === name ? { ...it, ...patch } : it)),
    }));
  }

  /** Says in the service's events what its tasks go without: once a deployment. */
  sayUnheeded(how: string, what: readonly string[], now: number): void {
    const { service, deployment } = this;
    if (!service || !deployment || what.length === 0) return;
    const words = { service: service.name, deployment: deployment.id, how, what: what.join("; ") };
    this.#sayOnce(TEXTS.eventUnheeded(words), now);
  }

  /** Says in the service's events that another image runs in the place of one, and why: once. */
  sayStandIn(image: string, { version, isAlways }: StandInFacts, now: number): void {
    const { service } = this;
    if (!service) return;
    const words = isAlways ? TEXTS.eventOwnImage : TEXTS.eventStandIn;
    const truth = image.includes("@") ? ": a stand-in, not the image of that digest" : "";
    this.#sayOnce(words({ service: service.name, image, version, truth }), now);
  }

  #sayOnce(message: string, now: number): void {
    const { service } = this;
    if (!service || service.events.some((event) => event.message === message)) return;
    this.#store.record(() => addServiceEvents(this.scope, service.arn, [message], now));
  }

  /** Makes the task stop, for the first reason that is given; later ones change nothing. */
  requestStop(stopCode: string, stoppedReason: string, now: number): void {
    this.write((task) =>
      task.desiredStatus === "STOPPED"
        ? {}
        : { desiredStatus: "STOPPED", stopCode, stoppedReason, stoppingAt: now },
    );
  }
}
