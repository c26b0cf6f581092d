import type { LifecycleEventStatus } from "@aws-sdk/client-codedeploy";
import type { EventName } from "../../services/codedeploy/new-deployment.ts";
import { deployments, type StoredDeployment } from "../../services/codedeploy/state.ts";
import { serviceOf } from "../../services/codedeploy/targets.ts";
import type { EcsService } from "../../services/ecs/state.ts";
import type { CallContext } from "../../services/service.ts";
import { calling, DeploymentFault } from "./deployment-fault.ts";
import { needTargetGroup, splitTraffic } from "./traffic.ts";

/** One deployment under way: what it does, it does by its group's role, in the transaction under way. */
export class Run {
  readonly caller: CallContext;
  readonly #id: string;

  constructor(caller: CallContext, id: string) {
    this.caller = caller;
    this.#id = id;
  }

  get deployment(): Readonly<StoredDeployment> {
    return this.caller.store.of(deployments).get(this.#id)!;
  }

  get now(): number {
    return this.caller.clock.now();
  }

  get roleArn(): string {
    return this.deployment.settings.roleArn;
  }

  /** The service, which others may have deleted meanwhile. @throws DeploymentFault */
  get service(): EcsService {
    const service = serviceOf(this.caller.store, this.deployment);
    if (service?.status === "ACTIVE") return service;
    throw new DeploymentFault("INVALID_ECS_SERVICE", "The specified ECS service is not ACTIVE.");
  }

  patch(change: Partial<StoredDeployment>): void {
    this.caller.store.of(deployments).patch(this.#id, { ...change, updatedAt: this.now });
  }

  /** Goes on to a step, whose time begins now. */
  goTo(step: StoredDeployment["step"], more: Partial<StoredDeployment> = {}): void {
    this.patch({ step, stepAt: this.now, ...more });
  }

  /** Has lifecycle events begin, or end, now. Those that no function hooks into take no time. */
  mark(status: LifecycleEventStatus, ...names: EventName[]): void {
    const { now } = this;
    const lifecycle = this.deployment.lifecycle.map((event) =>
      !(names as string[]).includes(event.name)
        ? event
        : {
            ...event,
            status,
            startedAt: event.startedAt ?? now,
            ...(status !== "InProgress" && { endedAt: now }),
          },
    );
    this.patch({ lifecycle });
  }

  /** Makes calls of ECS. @throws DeploymentFault */
  ecs<T>(calls: () => T): T {
    return calling("AmazonECS", this.roleArn, calls);
  }

  /** Gives the replacement so much of a listener's requests. @throws DeploymentFault */
  split(listenerArn: string, greenWeight: number): void {
    const { blue, green } = this.deployment;
    splitTraffic(this.caller, this.roleArn, listenerArn, {
      blueArn: needTargetGroup(this.caller, blue!.targetGroup).arn,
      greenArn: needTargetGroup(this.caller, green!.targetGroup).arn,
      greenWeight,
    });
  }
}
