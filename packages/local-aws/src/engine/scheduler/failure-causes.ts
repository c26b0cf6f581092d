import { EVENT_TEXTS } from "../../services/ecs/event-texts.ts";
import { ROLLOUT_TEXTS } from "../../services/ecs/rollouts/texts.ts";
import type { EcsService } from "../../services/ecs/state.ts";

/** What makes a deployment fail: what is said then, and whether the service wants to go back. */
export interface FailureCause {
  /** The service's event. */
  readonly event: (values: { service: string; deployment: string }) => string;
  /** What the deployment says of itself. */
  readonly reason: () => string;
  /** What the deployment says that takes its place. */
  readonly back: (values: { deployment: string }) => string;
  /** What the service deployment says. */
  readonly status: string;
  readonly rollsBack: (service: EcsService) => boolean;
}

/** So many tasks failed that the circuit breaker has opened. https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-circuit-breaker.html */
export const BREAKER: FailureCause = {
  event: EVENT_TEXTS.eventFailed,
  reason: EVENT_TEXTS.rolloutFailed,
  back: EVENT_TEXTS.rolloutRollback,
  status: ROLLOUT_TEXTS.breakerReason(),
  rollsBack: ({ deploymentConfiguration }) =>
    deploymentConfiguration.deploymentCircuitBreaker.rollback,
};

/** An alarm that the deployment is held to is raised. https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-alarm-failure.html */
export const ALARM: FailureCause = {
  event: EVENT_TEXTS.eventFailedByAlarm,
  reason: EVENT_TEXTS.rolloutFailedByAlarm,
  back: EVENT_TEXTS.rolloutRollbackByAlarm,
  status: ROLLOUT_TEXTS.alarmReason(),
  rollsBack: ({ deploymentConfiguration }) => deploymentConfiguration.alarms?.rollback === true,
};

/** A deployment that cannot go on for `reason`: it goes back whatever the service says of failures. */
export const failedFor = (reason: string): FailureCause => ({
  event: (values) => ROLLOUT_TEXTS.eventFailed({ ...values, reason }),
  reason: () => ROLLOUT_TEXTS.rolloutFailed({ reason }),
  back: (values) => ROLLOUT_TEXTS.rolloutRollback({ ...values, reason }),
  status: reason,
  rollsBack: () => true,
});

/** Somebody wants the deployment to end. https://docs.aws.amazon.com/AmazonECS/latest/developerguide/stop-service-deployment.html */
export const STOPPED: FailureCause = failedFor(ROLLOUT_TEXTS.stopReason());
