import { AwsError } from "../../protocol/aws-error.ts";

/*
 * What Elastic Load Balancing says. Codes are the API reference's
 * (https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/CommonErrors.html and each action's page).
 * Sentences marked (seen) are known from answers of the service that people have published; the others are in AWS's
 * manner, unverified: match their codes.
 */

const error = (code: string, message: string) => new AwsError(code, message);
export const validationError = (message: string) => error("ValidationError", message);
export const invalidConfiguration = (message: string) =>
  error("InvalidConfigurationRequest", message);
const notPermitted = (message: string) => error("OperationNotPermitted", message);

/** (seen) */
export const notAnArn = (value: string, kind: string) =>
  validationError(`'${value}' is not a valid ${kind} ARN`);

// Not found: (seen)
export const loadBalancerNotFound = (arn?: string) =>
  error(
    "LoadBalancerNotFound",
    arn === undefined ? "One or more load balancers not found" : `Load balancer '${arn}' not found`,
  );
export const loadBalancersNotFound = (names: readonly string[]) =>
  error("LoadBalancerNotFound", `Load balancers '[${names.join(", ")}]' not found`);
export const targetGroupNotFound = (arn?: string) =>
  error(
    "TargetGroupNotFound",
    arn === undefined ? "One or more target groups not found" : `Target group '${arn}' not found`,
  );
export const listenerNotFound = () => error("ListenerNotFound", "One or more listeners not found");
export const ruleNotFound = () => error("RuleNotFound", "One or more rules not found");
export const subnetNotFound = (id: string) =>
  error("SubnetNotFound", `The subnet ID '${id}' is not found`);
/** (seen) */
export const vpcNotFound = (id: string) => validationError(`The VPC ID '${id}' is not found`);

// Load balancers
/** (seen) */
export const oneSubnetAZone = () =>
  invalidConfiguration(
    "A load balancer cannot be attached to multiple subnets in the same Availability Zone",
  );
/** (seen) */
export const twoZonesNeeded = () =>
  validationError("At least two subnets in two different Availability Zones must be specified");
/** (seen) */
export const noInternetGateway = (vpcId: string) =>
  error("InvalidSubnet", `VPC ${vpcId} has no internet gateway`);
/** (seen) */
export const subnetTooSmall = (subnetId: string) =>
  error(
    "InvalidSubnet",
    `Not enough IP space available in ${subnetId}. ELB requires at least 8 free IP addresses in each subnet.`,
  );
export const subnetsOfManyVpcs = () =>
  invalidConfiguration("All subnets must belong to the same VPC");
/** (seen) */
export const invalidSecurityGroups = () =>
  invalidConfiguration("One or more security groups are invalid");
/** (seen) */
export const sameNameOtherSettings = (kind: "load balancer" | "target group", name: string) =>
  error(
    kind === "load balancer" ? "DuplicateLoadBalancerName" : "DuplicateTargetGroupName",
    `A ${kind} with the same name '${name}' exists, but with different settings`,
  );
/** (seen) */
export const deletionProtected = (arn: string) =>
  notPermitted(`Load balancer '${arn}' cannot be deleted because deletion protection is enabled`);
/** The Terraform provider looks for `attribute key '…' is not recognized`. */
export const unknownAttribute = (kind: string, key: string) =>
  validationError(`${kind} attribute key '${key}' is not recognized`);
export const badAttribute = (key: string, value: string, allowed: string) =>
  validationError(`'${key}' value '${value}' must be ${allowed}`);

// Target groups
/** (seen) */
export const targetGroupInUse = (arn: string) =>
  error("ResourceInUse", `Target group '${arn}' is currently in use by a listener or a rule`);
/** (seen) */
export const oneLoadBalancerOnly = (arns: readonly string[]) =>
  error(
    "TargetGroupAssociationLimit",
    `The following target groups cannot be associated with more than one load balancer: ${arns.join(", ")}`,
  );
/** (seen) */
export const timeoutNotBelowInterval = (timeout: number, interval: number) =>
  validationError(
    `Health check timeout '${timeout}' must be smaller than the interval '${interval}'`,
  );
export const invalidTarget = (message: string) => error("InvalidTarget", message);

// Listeners and rules
/** (seen) */
export const portTaken = (loadBalancerArn: string) =>
  error(
    "DuplicateListener",
    `A listener already exists on this port for this load balancer '${loadBalancerArn}'`,
  );
/** (seen) */
export const priorityInUse = (priority: number) =>
  error("PriorityInUse", `Priority '${priority}' is currently in use`);
/** (seen) */
export const priorityTwice = (priority: number) =>
  validationError(`Priority '${priority}' was provided multiple times`);
export const defaultRuleStays = (arn: string) =>
  notPermitted(`Default rule '${arn}' cannot be deleted`);
export const defaultRuleFixed = (arn: string) =>
  notPermitted(`Default rule '${arn}' cannot be modified`);
export const tooMany = (code: string, message: string) => error(code, message);

// Several at a time
const MOST_DESCRIBED = 20;
/** (seen) @throws AwsError ValidationError where more are to be described than may be at a time */
export function checkCount(what: string, ...given: (readonly string[] | undefined)[]): void {
  if (given.some((list) => (list?.length ?? 0) > MOST_DESCRIBED))
    throw validationError(`You cannot describe more than '${MOST_DESCRIBED}' ${what} at a time`);
}

// Tags
/** (seen) */
export const severalTagged = () => validationError("Only one resource can be tagged at a time");
/** (seen) */
export const tagKeyTwice = (key: string) =>
  error("DuplicateTagKeys", `Tag key was specified more than once: ${key}`);
export const tooManyTags = () =>
  error(
    "TooManyTags",
    "The quota for the number of tags that can be assigned to a load balancer has been reached",
  );
