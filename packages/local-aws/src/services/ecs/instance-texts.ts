import { QUOTED, text } from "../kit/text.ts";

const EVENTS =
  "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-event-messages-list.html";

/** What ECS says of instances, and of tasks on them. Without a source it is unverified. */
export const INSTANCE_TEXTS = {
  hostGone: text("Host EC2 (instance {instance}) {what}.", QUOTED),
  noContainerInstances: text("No Container Instances were found in your cluster.", QUOTED),
  instanceNotFound: text("The referenced container instance was not found."),
  instancesEmpty: text("Container instances cannot be empty."),
  instanceHasTasks: text(
    "Found running tasks on the instance. Set force to true to deregister it all the same.",
  ),
  instanceDeregistered: text("Container instance was deregistered forcibly."),
  statusInvalid: text("Container instance status must be ACTIVE or DRAINING."),
  attributeReserved: text("Attribute names cannot begin with 'ecs.' or 'com.amazonaws.'."),
  attributeName: text(
    "Attribute names can have 1 to 128 letters, numbers, hyphens, underscores, slashes, backslashes and periods.",
  ),
  attributeValue: text(
    "Attribute values can have 1 to 128 letters, numbers, hyphens, underscores, periods, at signs, slashes, backslashes, colons and spaces, and neither begin nor end with a space.",
  ),
  attributesTooMany: text(
    "You can apply up to 10 custom attributes for each resource. You can view the attributes of a resource with ListAttributes. You can remove existing attributes on a resource with DeleteAttributes.",
    "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_PutAttributes.html#API_PutAttributes_Errors",
  ),
  strategyInvalid: text("Placement strategy {type} does not support the field '{field}'."),
  strategyTooLong: text("A placement strategy can have at most 5 rules."),
  constraintsTooMany: text("A task can have at most 10 placement constraints."),
  expressionInvalid: text("Invalid expression in placement constraint: {expression}"),
  expressionMissing: text("A memberOf placement constraint needs an expression."),
  clusterContainsInstances: text(
    "The Cluster cannot be deleted while Container Instances are active or draining.",
    QUOTED,
  ),
  platformVersionEc2: text(
    "The platform version must be null when specifying an EC2 launch type.",
    QUOTED,
  ),
  publicIpEc2: text("Assign public IP is not supported for this launch type.", QUOTED),
  strategyMixed: text(
    "The specified capacity provider strategy cannot contain capacity providers of different types: use those of Fargate, or those of Auto Scaling groups.",
  ),
  daemonPlacement: text(
    "Placement strategies are not supported with the daemon scheduling strategy.",
  ),
  eventNoInstances: text(
    "(service {service}) was unable to place a task because no container instance met all of its requirements. Reason: No Container Instances were found in your cluster. For more information, see the Troubleshooting section of the Amazon ECS Developer Guide.",
    EVENTS,
  ),
  eventNoFittingInstance: text(
    "(service {service}) was unable to place a task because no container instance met all of its requirements. The closest matching (container-instance {instance}) {why}. For more information, see the Troubleshooting section of the Amazon ECS Developer Guide.",
    EVENTS,
  ),
  misfitCpu: text("has insufficient CPU units available", EVENTS),
  misfitMemory: text("has insufficient memory available", EVENTS),
  misfitPorts: text("is already using a port required by your task", EVENTS),
  misfitAttribute: text("is missing an attribute required by your task", EVENTS),
  misfitOther: text('encountered error "{error}"', EVENTS),
} as const;
