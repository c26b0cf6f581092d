import type { Instance } from "../../ec2/instances/state.ts";
import { INSTANCE_TYPES } from "../../ec2/instances/instance-types.ts";
import type { Attributes } from "./state.ts";

/** What the agent of an ECS-optimized image can do, as it tells when it registers. https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-placement-constraints.html#attributes */
const CAPABILITIES = [
  ...["17", "18", "19", "20", "21", "22", "23", "24", "25", "26", "27", "28", "29", "30", "31"].map(
    (minor) => `com.amazonaws.ecs.capability.docker-remote-api.1.${minor}`,
  ),
  "com.amazonaws.ecs.capability.docker-remote-api.1.32",
  "com.amazonaws.ecs.capability.ecr-auth",
  "com.amazonaws.ecs.capability.logging-driver.awsfirelens",
  "com.amazonaws.ecs.capability.logging-driver.awslogs",
  "com.amazonaws.ecs.capability.logging-driver.fluentd",
  "com.amazonaws.ecs.capability.logging-driver.json-file",
  "com.amazonaws.ecs.capability.logging-driver.none",
  "com.amazonaws.ecs.capability.logging-driver.syslog",
  "com.amazonaws.ecs.capability.task-iam-role",
  "com.amazonaws.ecs.capability.task-iam-role-network-host",
  "com.amazonaws.ecs.capability.privileged-container",
  "ecs.capability.container-health-check",
  "ecs.capability.container-ordering",
  "ecs.capability.cni-plugin-version",
  "ecs.capability.docker-plugin.local",
  "ecs.capability.execution-role-awslogs",
  "ecs.capability.execution-role-ecr-pull",
  "ecs.capability.firelens.fluentbit",
  "ecs.capability.firelens.fluentd",
  "ecs.capability.firelens.non-root-user",
  "ecs.capability.firelens.options.config.file",
  "ecs.capability.firelens.options.config.s3",
  "ecs.capability.full-sync",
  "ecs.capability.logging-driver.awsfirelens.log-driver-buffer-limit",
  "ecs.capability.secrets.asm.bootstrap.log-driver",
  "ecs.capability.secrets.ssm.bootstrap.log-driver",
  "ecs.capability.logging-driver.awslogs.log-driver-buffer-size",
  "ecs.capability.task-cpu-mem-limit",
  "ecs.capability.task-eni",
  "ecs.capability.secrets.ecs.environment-variables",
  "ecs.capability.secrets.ssm.environment-variables",
  "ecs.capability.env-files.s3",
  "ecs.capability.pid-ipc-namespace-sharing",
] as const;

/** The attributes that an instance has from the start: what it is, where, and what its agent can do. */
export function ownAttributes(instance: Instance): Attributes {
  const architecture = INSTANCE_TYPES.get(instance.instanceType)?.architecture ?? "x86_64";
  const facts = {
    "ecs.ami-id": instance.imageId,
    "ecs.availability-zone": instance.availabilityZone,
    "ecs.cpu-architecture": architecture,
    "ecs.instance-type": instance.instanceType,
    "ecs.os-family": "LINUX",
    "ecs.os-type": "linux",
    "ecs.subnet-id": instance.subnetId,
    "ecs.vpc-id": instance.vpcId,
  };
  return [
    ...CAPABILITIES.map((name) => ({ name })),
    ...Object.entries(facts).map(([name, value]) => ({ name, value })),
  ];
}
