/**
 * The services whose wire Local AWS speaks. An id is the folder name under `services/`, the name of the model under
 * `models/`, and the key of a service everywhere.
 */
export const SERVICE_IDS = [
  "ecs",
  "elbv2",
  "ec2",
  "iam",
  "sts",
  "logs",
  "ecr",
  "s3",
  "ssm",
  "kms",
  "secretsmanager",
  "application-autoscaling",
  "cloudwatch",
  "events",
  "scheduler",
  "servicediscovery",
  "autoscaling",
  "codebuild",
  "codepipeline",
  "codedeploy",
  "resourcegroupstaggingapi",
] as const;

export type ServiceId = (typeof SERVICE_IDS)[number];
