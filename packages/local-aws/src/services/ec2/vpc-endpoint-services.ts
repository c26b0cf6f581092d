/**
 * The services that an endpoint can lead to, as far as Local AWS knows the services themselves.
 * https://docs.aws.amazon.com/vpc/latest/privatelink/aws-services-privatelink-support.html
 */
export const INTERFACE_SERVICES: readonly string[] = [
  "application-autoscaling",
  "autoscaling",
  "codebuild",
  "codedeploy",
  "codepipeline",
  "ec2",
  "ec2messages",
  "ecr.api",
  "ecr.dkr",
  "ecs",
  "ecs-agent",
  "ecs-telemetry",
  "elasticloadbalancing",
  "events",
  "kms",
  "logs",
  "monitoring",
  "s3",
  "scheduler",
  "secretsmanager",
  "servicediscovery",
  "ssm",
  "ssmmessages",
  "sts",
  "tagging",
  "dynamodb",
];

/** The services that have endpoints in route tables: https://docs.aws.amazon.com/vpc/latest/privatelink/gateway-endpoints.html */
export const GATEWAY_SERVICES: readonly string[] = ["s3", "dynamodb"];

/** `com.amazonaws.<region>.<service>`. */
export function endpointServiceName(region: string, service: string): string {
  return `com.amazonaws.${region}.${service}`;
}

/** The service of a name such as `com.amazonaws.ap-northeast-1.ecr.api`; undefined where it is of another region, or no name. */
export function serviceOfName(region: string, serviceName: string): string | undefined {
  const prefix = endpointServiceName(region, "");
  return serviceName.startsWith(prefix) ? serviceName.slice(prefix.length) : undefined;
}

/** The host that clients of the service ask for, which private DNS resolves inside of the VPC. */
export function privateDnsName(region: string, service: string): string {
  const special: Readonly<Record<string, string>> = {
    "ecr.api": `api.ecr.${region}.amazonaws.com`,
    "ecr.dkr": `*.dkr.ecr.${region}.amazonaws.com`,
    "ecs-agent": `ecs-a.${region}.amazonaws.com`,
    "ecs-telemetry": `ecs-t.${region}.amazonaws.com`,
  };
  return special[service] ?? `${service}.${region}.amazonaws.com`;
}
