import { github, guide, QUOTED, text } from "../kit/text.ts";

/** What ECS says of a service as it goes on: its events, and what comes of its deployments. Without a source it is unverified. */
export const EVENT_TEXTS = {
  // Service events, https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-event-messages-list.html
  eventStarted: text(
    "(service {service}) has started {count} tasks: {tasks}.",
    guide("service-event-messages"),
  ),
  eventReplaced: text(
    "(service {service}) has started {count} tasks: {tasks}. Amazon ECS replaced {count} tasks due to an unhealthy status.",
    QUOTED,
  ),
  eventStopped: text("(service {service}) has stopped {count} running tasks: {tasks}.", QUOTED),
  eventRegistered: text(
    "(service {service}) registered {count} targets in (target-group {arn})",
    github("turnerlabs/fargate/issues/34"),
  ),
  eventDeregistered: text(
    "(service {service}) deregistered {count} targets in (target-group {arn})",
    github("turnerlabs/fargate/issues/34"),
  ),
  eventDraining: text(
    "(service {service}, taskSet {deployment}) has begun draining connections on {count} tasks.",
    QUOTED,
  ),
  eventUneven: text(
    "(service {service}) is not AZ balanced with {counts}. AZ Rebalancing in progress.",
    guide("service-event-messages-list"),
  ),
  eventSteady: text(
    "(service {service}) has reached a steady state.",
    guide("service-event-messages"),
  ),
  eventCompleted: text(
    "(service {service}) (deployment {deployment}) deployment completed.",
    QUOTED,
  ),
  eventFailed: text(
    "(service {service}) (deployment {deployment}) deployment failed: tasks failed to start.",
    QUOTED,
  ),
  eventFailedByAlarm: text(
    "(service {service}) (deployment {deployment}) deployment failed: alarm detected.",
    QUOTED,
  ),
  eventRollback: text("(service {service}) rolling back to deployment {deployment}.", QUOTED),
  eventUnhealthyTarget: text(
    "(service {service}) (task {task}) (port {port}) is unhealthy in (target-group {arn}) due to (reason {reason}).",
    guide("service-event-messages"),
  ),
  eventUnhealthyContainer: text(
    "(service {service}) (task {task}) failed container health checks.",
    QUOTED,
  ),
  eventUnableToPlace: text(
    "(service {service}) was unable to place a task. Reason: {reason}",
    QUOTED,
  ),
  eventFailedToLaunch: text(
    "(service {service}) failed to launch a task with (error {error}).",
    QUOTED,
  ),
  eventInconsistent: text(
    "(service {service}) is unable to consistently start tasks successfully. For more information, see the Troubleshooting section of the Amazon ECS Developer Guide.",
    guide("service-throttle-logic"),
  ),
  eventStuck: text(
    "(service {service}) was unable to stop or start tasks during a deployment because of the service deployment configuration. Update the minimumHealthyPercent or maximumPercent value and try again.",
    guide("service-event-messages"),
  ),

  // Deployments
  rolloutInProgress: text("ECS deployment {deployment} in progress.", QUOTED),
  rolloutCompleted: text("ECS deployment {deployment} completed.", QUOTED),
  rolloutFailed: text("ECS deployment circuit breaker: tasks failed to start.", QUOTED),
  rolloutRollback: text(
    "ECS deployment circuit breaker: rolling back to deploymentId {deployment}.",
    guide("ecs_cwe_events"),
  ),
  rolloutFailedByAlarm: text("ECS deployment alarms: alarm detected."),
  rolloutRollbackByAlarm: text("ECS deployment alarms: rolling back to deploymentId {deployment}."),
};
