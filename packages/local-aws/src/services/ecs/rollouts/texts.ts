import { guide, QUOTED, text } from "../../kit/text.ts";

const TROUBLE = guide("troubleshooting-blue-green");

/** What ECS says of deployments that shift traffic, and of what came of deployments. Without a source it is unverified. */
export const ROLLOUT_TEXTS = {
  // What a request may be
  advancedMissing: text(
    "advancedConfiguration field is required for all loadBalancers when using a non-ROLLING deployment strategy",
    TROUBLE,
  ),
  advancedMixed: text(
    "Either all or none of the provided loadBalancers must have advancedConfiguration defined",
    TROUBLE,
  ),
  ruleArnInvalid: text(
    "{member} has an invalid ARN format. Must be RuleArn for ALB or ListenerArn for NLB. Got: {arn}",
    TROUBLE,
  ),
  sameRules: text(
    "The following rules cannot be used as both production and test listener rules: {arn}",
    TROUBLE,
  ),
  testRuleMissing: text(
    "For Application LoadBalancer, testListenerRule is required when productionListenerRule is not associated with both targetGroup and alternateTargetGroup",
    TROUBLE,
  ),
  duplicateTargetGroup: text("Duplicate targetGroupArn found: {arn}", TROUBLE),
  advancedMember: text("advancedConfiguration.{member} can not be blank."),
  ruleMissing: text("Unable to retrieve listener rule {arn}"),
  minutesInvalid: text("{member} must be between 0 and 1440."),
  percentInvalid: text("{member} must be a multiple of 0.1 from {least} to 100.0."),
  onlyWith: text("{member} is only valid when the deployment strategy is {strategy}."),
  pauseStage: text("PAUSE hooks cannot be configured at the {stage} lifecycle stage."),
  pauseMember: text("{member} is not applicable for PAUSE hooks."),
  hookStages: text("lifecycleStages can not be empty."),
  hookTimeout: text("timeoutInMinutes must be greater than 0."),
  strategyScheduling: text(
    "The deployment strategy {strategy} is only supported for services with the REPLICA scheduling strategy.",
  ),
  deploymentsMany: text("serviceDeploymentArns cannot have more than 20 items."),
  revisionsMany: text("serviceRevisionArns cannot have more than 20 items."),
  arnsEmpty: text("{member} cannot be empty."),
  deploymentNotFound: text("Service deployment not found."),
  deploymentEnded: text(
    "The service deployment cannot be stopped because it is in the {status} state.",
  ),
  stopType: text("The stopType value must be ROLLBACK."),
  hookNotFound: text("The hook {hookId} is not awaiting an action."),

  // What came of a deployment
  superseded: text("Service deployment stopped because a newer service deployment was started."),
  deleted: text("Service deployment stopped because the service was deleted."),
  breakerReason: text(
    "Service deployment rolled back because the circuit breaker threshold was exceeded.",
    QUOTED,
  ),
  alarmReason: text("Service deployment rolled back because an alarm was detected."),
  stopReason: text("Service deployment rolled back because of a stop request."),
  noCandidate: text("No rollback candidate was found to run the rollback.", QUOTED),
  hookFailed: text(
    "Service deployment rolled back because {stage} lifecycle hook(s) failed. {why}",
    TROUBLE,
  ),
  hookTurnedDown: text("The pause hook {hookId} was answered with ROLLBACK."),
  hookTimedOut: text("The pause hook {hookId} timed out."),
  groupUnrelated: text(
    "Service deployment rolled back because of invalid networking configuration: Target group {arn} is not associated with either productionListenerRule or testListenerRule.",
    TROUBLE,
  ),
  twoServe: text(
    "Service deployment rolled back because of invalid networking configuration. productionListenerRule {arn} should have exactly one target group serving traffic but found {count} target groups which are serving traffic",
    TROUBLE,
  ),
  unexpectedGroup: text(
    "Service deployment rolled back because of invalid networking configuration. Production listener rule is forwarding traffic to unexpected target group {arn}. Expected traffic to be forwarded to either targetGroupArn: {one} or alternateTargetGroupArn: {other}",
    TROUBLE,
  ),
  ruleGone: text(
    "Service deployment rolled back because of invalid networking configuration. The listener rule {arn} was not found.",
  ),
  roleDenied: text(
    "Service deployment rolled back because of invalid networking configuration. ECS was unable to manage the ELB resources due to missing permissions on ECS Infrastructure Role '{role}'.",
    TROUBLE,
  ),
  notAuthorized: text(
    "User: {user} is not authorized to perform: {action} on resource: {on} {why}",
    TROUBLE,
  ),
  eventFailed: text(
    "(service {service}) (deployment {deployment}) deployment failed: {reason}",
    QUOTED,
  ),
  rolloutFailed: text("ECS deployment failed: {reason}"),
  rolloutRollback: text("ECS deployment rolling back to deploymentId {deployment}: {reason}"),
} as const;
