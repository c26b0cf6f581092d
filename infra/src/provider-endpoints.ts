import type { AwsProviderEndpoints } from "@cdktf/provider-aws/lib/provider/index.js";

/** Every service that a stack of this workbook uses, by the provider's name for it. */
const SERVICES = [
  "appautoscaling",
  "autoscaling",
  "cloudwatch",
  "codebuild",
  "codeconnections",
  "codedeploy",
  "codepipeline",
  "codestarconnections",
  "ec2",
  "ecr",
  "ecs",
  "elbv2",
  "events",
  "iam",
  "kms",
  "logs",
  "resourcegroupstaggingapi",
  "s3",
  "scheduler",
  "secretsmanager",
  "servicediscovery",
  "sns",
  "sqs",
  "ssm",
  "sts",
] as const satisfies readonly (keyof AwsProviderEndpoints)[];

/**
 * The provider's `endpoints` block that sends every service to one URL.
 *
 * Written out instead of left to `AWS_ENDPOINT_URL` at run time: a stack synthesised for another endpoint must
 * not reach AWS because somebody runs Terraform in a shell without that variable.
 * https://registry.terraform.io/providers/hashicorp/aws/5.100.0/docs/guides/custom-service-endpoints
 */
export function endpointsAt(url: string): AwsProviderEndpoints {
  return Object.fromEntries(SERVICES.map((service) => [service, url]));
}
