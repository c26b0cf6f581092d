import { github, QUOTED, text } from "../../kit/text.ts";

/** What ECS says of task sets, and of services that others deploy. Without a source a sentence is unverified. */
export const TASK_SET_TEXTS = {
  onlyExternal: text(
    "Amazon ECS only supports task set management on services configured to use external deployment controllers.",
    github("hashicorp/terraform-provider-aws/issues/30347"),
  ),
  tooMany: text(
    "{count} deployments exist on the service. Unable to create new TaskSet since this exceeds the maximum limit.",
    github("aws-samples/ecs-bg-external-controller/issues/6"),
  ),
  notFound: text("The specified task set was not found."),
  draining: text("The specified task set is DRAINING."),
  scaled: text("The task set cannot be deleted while it is scaled above 0."),
  scaleInvalid: text("Scale value must be between 0 and 100."),
  mustBeBlank: text("{what} must be blank.", github("aws/aws-cdk/issues/6245")),
  daemon: text(
    "The daemon scheduling strategy is not supported with the {controller} deployment controller.",
  ),
  ofEcsAlone: text("{what} cannot be used with the {controller} deployment controller."),
  deploymentsActive: text(
    "The service cannot be stopped while deployments are active.",
    "https://github.com/hashicorp/terraform-provider-aws/blob/main/internal/service/ecs/service.go",
  ),
  oneLoadBalancer: text("Only one target group can be specified for a task set."),
  loadBalancerMissing: text(
    "A load balancer is required for a service with the CODE_DEPLOY deployment controller.",
  ),
  codeDeployUpdate: text(
    "Unable to update {what} on services with a CODE_DEPLOY deployment controller. Use AWS CodeDeploy to trigger a new deployment.",
    github("boto/boto3/issues/1936"),
  ),
  codeDeployForce: text(
    "Cannot force a new deployment on services with a CODE_DEPLOY deployment controller. Use AWS CodeDeploy to trigger a new deployment.",
    QUOTED,
  ),
  externalUpdate: text(
    "Unable to update {what} on services with an EXTERNAL deployment controller. Create a new task set instead.",
  ),
  externalForce: text(
    "Cannot force a new deployment on services with an EXTERNAL deployment controller. Create a new task set instead.",
  ),
};
