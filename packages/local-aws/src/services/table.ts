import { applicationAutoscaling } from "./application-autoscaling/service.ts";
import { autoscaling } from "./autoscaling/service.ts";
import { cloudwatch } from "./cloudwatch/service.ts";
import { codebuild } from "./codebuild/service.ts";
import { codeconnections } from "./codeconnections/service.ts";
import { codedeploy } from "./codedeploy/service.ts";
import { codepipeline } from "./codepipeline/service.ts";
import { codestarConnections } from "./codestar-connections/service.ts";
import { ec2 } from "./ec2/service.ts";
import { ecr } from "./ecr/service.ts";
import { ecs } from "./ecs/service.ts";
import { elbv2 } from "./elbv2/service.ts";
import { events } from "./events/service.ts";
import { iam } from "./iam/service.ts";
import { kms } from "./kms/service.ts";
import { logs } from "./logs/service.ts";
import { resourceGroupsTagging } from "./resourcegroupstaggingapi/service.ts";
import { s3 } from "./s3/service.ts";
import { scheduler } from "./scheduler/service.ts";
import { secretsmanager } from "./secretsmanager/service.ts";
import type { Service } from "./service.ts";
import { sns } from "./sns/service.ts";
import { sqs } from "./sqs/service.ts";
import { ssm } from "./ssm/service.ts";
import { sts } from "./sts/service.ts";

/** The services that keep what they have themselves. */
const KEEPERS: readonly Service[] = [
  applicationAutoscaling,
  autoscaling,
  cloudwatch,
  codebuild,
  codeconnections,
  codedeploy,
  codepipeline,
  codestarConnections,
  ec2,
  ecr,
  ecs,
  elbv2,
  events,
  iam,
  kms,
  logs,
  s3,
  scheduler,
  secretsmanager,
  sns,
  sqs,
  ssm,
  sts,
];

/** Every service that Local AWS has handlers for. The support matrix is made from this table. */
export const SERVICES: readonly Service[] = [...KEEPERS, resourceGroupsTagging(KEEPERS)];
