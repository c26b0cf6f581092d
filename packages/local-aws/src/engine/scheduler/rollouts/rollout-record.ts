import {
  serviceDeployments,
  type ServiceDeployment,
} from "../../../services/ecs/rollouts/state.ts";
import { ROLLOUT_TEXTS as SAID } from "../../../services/ecs/rollouts/texts.ts";
import type { Deployment } from "../../../services/ecs/deployment.ts";
import type { Scope } from "../../../store/store.ts";

/** Keeps what comes of a service deployment; all of it in the transaction under way. */
export class RolloutRecord {
  readonly #scope: Scope;
  readonly #arn: string;
  readonly #now: number;

  constructor(scope: Scope, { arn }: ServiceDeployment, now: number) {
    this.#scope = scope;
    this.#arn = arn;
    this.#now = now;
  }

  get value(): Readonly<ServiceDeployment> {
    return this.#scope.of(serviceDeployments).get(this.#arn)!;
  }

  patch(patch: Partial<ServiceDeployment>): void {
    this.#scope.of(serviceDeployments).patch(this.#arn, { ...patch, updatedAt: this.#now });
  }

  /** It begins, where it has not yet. */
  start(): void {
    if (this.value.status === "PENDING")
      this.patch({ status: "IN_PROGRESS", startedAt: this.#now });
  }

  /** All of its tasks are there, or those of what it went back to. */
  succeed(): void {
    const { rollback } = this.value;
    this.patch({
      status: rollback ? "ROLLBACK_SUCCESSFUL" : "SUCCESSFUL",
      ...(rollback && { statusReason: rollback.reason }),
      finishedAt: this.#now,
    });
  }

  /**
   * It has failed.
   * @param back the deployment that it goes back to, where it does
   * @param wanted whether it was to go back
   */
  fail(reason: string, wanted: boolean, back: Deployment | undefined): void {
    const now = this.#now;
    if (!wanted) {
      const { stage } = this.value;
      this.patch({ status: "STOPPED", statusReason: reason, stoppedAt: now, stage });
    } else if (!back) this.failBack(SAID.noCandidate());
    else
      this.patch({
        status: "ROLLBACK_IN_PROGRESS",
        statusReason: reason,
        rollback: { reason, startedAt: now, deploymentId: back.id },
        ...(this.value.stage && { stage: "SCALE_UP", stageSince: now }),
      });
  }

  /** It cannot go back either. */
  failBack(statusReason: string): void {
    this.patch({ status: "ROLLBACK_FAILED", statusReason, finishedAt: this.#now });
  }
}
