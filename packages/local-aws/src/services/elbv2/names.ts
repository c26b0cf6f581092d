import { randomInt } from "node:crypto";
import type { LoadBalancer } from "./state.ts";
import { validationError } from "./faults.ts";

const LONGEST_NAME = 32;

/**
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateLoadBalancer.html
 * @throws AwsError ValidationError
 */
export function checkLoadBalancerName(name: string): void {
  checkName("load balancer", name);
  if (name.startsWith("internal-"))
    throw validationError("A load balancer name cannot begin with 'internal-'");
}

/** @throws AwsError ValidationError */
export function checkTargetGroupName(name: string): void {
  checkName("target group", name);
}

function checkName(kind: "load balancer" | "target group", name: string): void {
  const subject = `${kind[0]!.toUpperCase()}${kind.slice(1)} name '${name}'`;
  if (name.length === 0) throw validationError(`A ${kind} name must be specified`);
  if (name.length > LONGEST_NAME)
    throw validationError(`${subject} cannot be longer than '${LONGEST_NAME}' characters`);
  if (!/^[a-zA-Z0-9-]+$/.test(name))
    throw validationError(
      `${subject} can only contain characters that are alphanumeric characters or hyphens(-)`,
    );
  if (name.startsWith("-") || name.endsWith("-"))
    throw validationError(`${subject} cannot begin or end with '-'`);
}

/** A name below `.localhost`, which curl and browsers resolve to this machine. https://www.rfc-editor.org/rfc/rfc6761#section-6.3 */
export function dnsNameOf(name: string, scheme: LoadBalancer["scheme"], region: string): string {
  const id = randomInt(100_000_000, 2_147_483_647);
  return `${scheme === "internal" ? "internal-" : ""}${name}-${id}.${region}.elb.localhost`;
}

/** Route 53 zones of Application Load Balancers. https://docs.aws.amazon.com/general/latest/gr/elb.html */
const HOSTED_ZONES: Readonly<Record<string, string>> = {
  "us-east-2": "Z3AADJGX6KTTL2",
  "us-east-1": "Z35SXDOTRQ7X7K",
  "us-west-1": "Z368ELLRRE2KJ0",
  "us-west-2": "Z1H1FL5HABSF5",
  "ap-east-1": "Z3DQVH9N71FHZ0",
  "ap-south-1": "ZP97RAFLXTNZK",
  "ap-northeast-3": "Z5LXEXXYW11ES",
  "ap-northeast-2": "ZWKZPGTI48KDX",
  "ap-southeast-1": "Z1LMS91P8CMLE5",
  "ap-southeast-2": "Z1GM3OXH4ZPM65",
  "ap-northeast-1": "Z14GRHDCWA56QT",
  "ca-central-1": "ZQSVJUPU6J1EY",
  "eu-central-1": "Z215JYRZR1TBD5",
  "eu-west-1": "Z32O12XQLNTSW2",
  "eu-west-2": "ZHURV8PSTC4K8",
  "eu-west-3": "Z3Q77PNBQS71R4",
  "eu-north-1": "Z23TAZ6LKFMNIO",
  "eu-south-1": "Z3ULH7SSC9OV64",
  "sa-east-1": "Z2P70J7HTTTPLU",
};

/** The zone of regions that the table does not have: made up, of the right form. */
const OTHER_ZONE = "Z0000000LOCALELB";

export function hostedZoneOf(region: string): string {
  return HOSTED_ZONES[region] ?? OTHER_ZONE;
}
