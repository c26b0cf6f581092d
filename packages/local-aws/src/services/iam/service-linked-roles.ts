import type { Scope } from "../../store/store.ts";
import { encodeDocument, iamArn, newEntityId, requireRole } from "./entities.ts";
import * as faults from "./faults.ts";
import type { IamHandlers } from "./handlers.ts";
import { toApiRole } from "./roles.ts";
import { type Role, roles } from "./state.ts";

/**
 * Services with a service-linked role: its name, and the policy that AWS attaches to it, where the table of AWS's policies has
 * it. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_aws-services-that-work-with-iam.html
 */
const SERVICES: Readonly<
  Record<
    string,
    {
      readonly roleName: string;
      readonly policy?: string;
      readonly description?: string;
      /** Whether an account can have several, told apart by a suffix. */
      readonly suffixes?: true;
    }
  >
> = {
  "ecs.amazonaws.com": {
    roleName: "AWSServiceRoleForECS",
    policy: "AmazonECSServiceRolePolicy",
    description: "Role to enable Amazon ECS to manage your cluster.",
  },
  "elasticloadbalancing.amazonaws.com": {
    roleName: "AWSServiceRoleForElasticLoadBalancing",
    policy: "AWSElasticLoadBalancingServiceRolePolicy",
    description: "Allows ELB to call AWS services on your behalf.",
  },
  "ecs.application-autoscaling.amazonaws.com": {
    roleName: "AWSServiceRoleForApplicationAutoScaling_ECSService",
    policy: "AWSApplicationAutoscalingECSServicePolicy",
  },
  // https://docs.aws.amazon.com/autoscaling/application/userguide/application-auto-scaling-service-linked-roles.html
  ...Object.fromEntries(
    Object.entries({
      ec2: "EC2SpotFleetRequest",
      appstream: "AppStreamFleet",
      dynamodb: "DynamoDBTable",
      rds: "RDSCluster",
      sagemaker: "SageMakerEndpoint",
      "custom-resource": "CustomResource",
      comprehend: "ComprehendEndpoint",
      lambda: "LambdaConcurrency",
      cassandra: "CassandraTable",
      kafka: "KafkaCluster",
      elasticache: "ElastiCacheRG",
      neptune: "NeptuneCluster",
      workspaces: "WorkSpacesPool",
    }).map(([namespace, scaled]) => [
      `${namespace}.application-autoscaling.amazonaws.com`,
      { roleName: `AWSServiceRoleForApplicationAutoScaling_${scaled}` },
    ]),
  ),
  "autoscaling.amazonaws.com": {
    roleName: "AWSServiceRoleForAutoScaling",
    policy: "AutoScalingServiceRolePolicy",
    suffixes: true,
    description:
      "Default Service-Linked Role enables access to AWS Services and Resources used or managed by Auto Scaling",
  },
};

const trustPolicy = (service: string) =>
  JSON.stringify({
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Principal: { Service: service }, Action: "sts:AssumeRole" }],
  });

/**
 * The service-linked role of `service` (`ecs.amazonaws.com`), made where the account has none yet, in the caller's
 * transaction. Throws `InvalidInput` for a service that has none here.
 * @param now milliseconds since the epoch
 */
export function ensureServiceLinkedRole(
  scope: Scope,
  service: string,
  now: number,
  { suffix, description: wanted }: { suffix?: string; description?: string } = {},
): Readonly<Role> {
  const { policy, description, ...known } = requireService(service);
  const roleName = suffixed(known.roleName, suffix);
  const existing = scope.of(roles).get(roleName);
  if (existing) return existing;
  const path = `/aws-service-role/${service}/`;
  return scope.of(roles).put(roleName, {
    roleName,
    roleId: newEntityId("AROA"),
    arn: iamArn(scope.account, "role", path, roleName),
    path,
    assumeRolePolicyDocument: trustPolicy(service),
    maxSessionDuration: 3600,
    inlinePolicies: {},
    attachedPolicies:
      policy === undefined ? [] : [`arn:aws:iam::aws:policy/aws-service-role/${policy}`],
    tags: [],
    createdAt: now,
    ...((wanted ?? description) !== undefined && { description: wanted ?? description }),
  });
}

const suffixed = (roleName: string, suffix: string | undefined) =>
  suffix === undefined ? roleName : `${roleName}_${suffix}`;

function requireService(service: string) {
  const found = Object.hasOwn(SERVICES, service) ? SERVICES[service] : undefined;
  if (!found)
    throw faults.invalidInput(
      `Service-linked role creation is not supported for ${service} by Local AWS.`,
    );
  return found;
}

/** Roles that belong to a service of AWS. */
export const serviceLinkedRoleHandlers = {
  CreateServiceLinkedRole(input, { store, clock }) {
    const { roleName: plain, suffixes } = requireService(input.AWSServiceName);
    const roleName = suffixed(plain, input.CustomSuffix);
    if (input.CustomSuffix !== undefined && !suffixes)
      throw faults.invalidInput(`Custom suffix is not allowed for ${input.AWSServiceName}`);
    if (store.of(roles).has(roleName))
      throw faults.invalidInput(
        `Service role name ${roleName} has been taken in this account, please try a different suffix.`,
      );
    const role = ensureServiceLinkedRole(store, input.AWSServiceName, clock.now(), {
      suffix: input.CustomSuffix,
      description: input.Description,
    });
    const { Path, RoleName, RoleId, Arn, CreateDate, Description } = toApiRole(role);
    const document = encodeDocument(role.assumeRolePolicyDocument);
    return {
      Role: {
        Path,
        RoleName,
        RoleId,
        Arn,
        CreateDate,
        Description,
        AssumeRolePolicyDocument: document,
      },
    };
  },

  DeleteServiceLinkedRole(input, { store }) {
    const role = requireRole(store, input.RoleName);
    if (!role.path.startsWith("/aws-service-role/")) throw faults.roleNotFound(input.RoleName);
    store.of(roles).delete(role.roleName);
    return { DeletionTaskId: `task${role.path}${role.roleName}/${role.roleId}` };
  },

  GetServiceLinkedRoleDeletionStatus(input) {
    if (!input.DeletionTaskId.startsWith("task/aws-service-role/"))
      throw faults.noSuchEntity(`Deletion task ${input.DeletionTaskId} cannot be found.`);
    // Deletion here happens at once, so a task that was given out has succeeded.
    return { Status: "SUCCEEDED" as const };
  },
} satisfies IamHandlers;
