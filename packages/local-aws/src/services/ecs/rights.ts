import type { UpdateServiceRequest } from "@aws-sdk/client-ecs";
import { lastPart } from "../../ground/arn.ts";
import type { Need, RightsTable } from "../kit/rights.ts";
import type { CallContext } from "../service.ts";
import { ecsArn } from "./arns.ts";
import { findTaskDefinition } from "./lookup.ts";
import { clusters, ecsServices, taskDefinitions, tasks, type Tags } from "./state.ts";
import { capacityProviders } from "./providers/state.ts";
import { containerInstances } from "./instances/state.ts";
import { rolesOf } from "./task-roles.ts";
import { findTaskSetByArn } from "./task-sets/task-set.ts";

interface Input {
  readonly cluster?: string;
  readonly service?: string;
  readonly taskDefinition?: string;
}

interface TaskSetInput extends Input {
  readonly taskSet?: string;
  readonly taskSets?: string[];
}

const clusterName = ({ cluster = "default" }: Input) => lastPart(cluster);

const arnOr = (context: CallContext, reference: string, kind: string) =>
  reference.startsWith("arn:") ? reference : ecsArn(context, `${kind}/${reference}`);

/** A resource of a cluster, whose ARN has the cluster's name in it. */
const within = (context: CallContext, input: Input, kind: string, reference: string) =>
  reference.startsWith("arn:")
    ? reference
    : ecsArn(context, `${kind}/${clusterName(input)}/${reference}`);

const cluster = (input: Input, context: CallContext) =>
  ecsArn(context, `cluster/${clusterName(input)}`);

/** Of a family without its revision it is the newest that is meant. */
function definition({ taskDefinition = "" }: Input, context: CallContext): string {
  const found = findTaskDefinition(context, taskDefinition);
  return found?.arn ?? arnOr(context, taskDefinition, "task-definition");
}

const service = (input: Input & { serviceName?: string }, context: CallContext) =>
  within(context, input, "service", input.serviceName ?? input.service ?? "");

/** What ECS passes on roles to. https://docs.aws.amazon.com/AmazonECS/latest/developerguide/security_iam_service-with-iam.html */
const passing = (roleArn: string | undefined, to = "ecs-tasks.amazonaws.com"): readonly Need[] =>
  roleArn === undefined
    ? []
    : [{ action: "iam:PassRole", on: [roleArn], keys: { "iam:PassedToService": to } }];

/** ECS moves traffic by roles that load balancers of services name. */
const infrastructureRoles = ({ loadBalancers = [] }: Pick<UpdateServiceRequest, "loadBalancers">) =>
  loadBalancers.flatMap(({ advancedConfiguration }) =>
    passing(advancedConfiguration?.roleArn, "ecs.amazonaws.com"),
  );

/** What IAM has to allow who uses ECS. https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonelasticcontainerservice.html */
export const rights: RightsTable<CallContext> = {
  prefix: "ecs",
  resources: [
    [
      cluster,
      "DeleteCluster UpdateCluster UpdateClusterSettings PutClusterCapacityProviders ListContainerInstances DeregisterContainerInstance ListAttributes",
    ],
    [
      ({ clusters: names = ["default"] }: { clusters?: string[] }, context: CallContext) =>
        names.map((name) => arnOr(context, name, "cluster")),
      "DescribeClusters",
    ],
    [service, "CreateService UpdateService DeleteService UpdateServicePrimaryTaskSet"],
    [() => "*", "CreateTaskSet"],
    [
      (input: TaskSetInput, context: CallContext) =>
        (input.taskSets ?? [input.taskSet ?? "*"]).map((id) =>
          id.startsWith("arn:")
            ? id
            : `${service(input, context).replace(":service/", ":task-set/")}/${id}`,
        ),
      "UpdateTaskSet DeleteTaskSet DescribeTaskSets",
    ],
    [
      (input: Input & { services: string[] }, context: CallContext) =>
        input.services.map((name) => within(context, input, "service", name)),
      "DescribeServices",
    ],
    [service, "ListServiceDeployments"],
    [
      ({ serviceDeploymentArns: arns }: { serviceDeploymentArns: string[] }) => arns,
      "DescribeServiceDeployments",
    ],
    [
      ({ serviceRevisionArns: arns }: { serviceRevisionArns: string[] }) => arns,
      "DescribeServiceRevisions",
    ],
    [
      ({ serviceDeploymentArn: arn }: { serviceDeploymentArn: string }) => arn,
      "StopServiceDeployment ContinueServiceDeployment",
    ],
    [definition, "RunTask StartTask"],
    [
      ({ taskDefinitions: names }: { taskDefinitions: string[] }, context: CallContext) =>
        names.map((name) => arnOr(context, name, "task-definition")),
      "DeleteTaskDefinitions",
    ],
    [
      (input: Input & { task?: string; tasks?: string[] }, context: CallContext) =>
        (input.tasks ?? [input.task ?? ""]).map((id) => within(context, input, "task", id)),
      "StopTask DescribeTasks ExecuteCommand UpdateTaskProtection GetTaskProtection",
    ],
    [
      (input: Input & { containerInstance?: string }, context: CallContext) =>
        within(context, input, "container-instance", input.containerInstance ?? "*"),
      "ListTasks",
    ],
    [
      (input: Input & { containerInstances: string[] }, context: CallContext) =>
        input.containerInstances.map((id) => within(context, input, "container-instance", id)),
      "DescribeContainerInstances UpdateContainerInstancesState",
    ],
    [
      (input: Input & { attributes: { targetId?: string }[] }, context: CallContext) =>
        input.attributes.map(({ targetId = "*" }) =>
          within(context, input, "container-instance", targetId),
        ),
      "PutAttributes DeleteAttributes",
    ],
    [
      (
        input: { name?: string; capacityProvider?: string; capacityProviders?: string[] },
        context: CallContext,
      ) =>
        (input.capacityProviders ?? [input.capacityProvider ?? input.name ?? "*"]).map((name) =>
          arnOr(context, name, "capacity-provider"),
        ),
      "UpdateCapacityProvider DeleteCapacityProvider DescribeCapacityProviders",
    ],
    [
      ({ resourceArn }: { resourceArn: string }) => resourceArn,
      "TagResource UntagResource ListTagsForResource",
    ],
  ],
  needs({ operation, input, context }, usual) {
    if (operation === "RegisterTaskDefinition")
      return [usual, ...passing(input.taskRoleArn), ...passing(input.executionRoleArn)];
    const starts = STARTS.has(operation);
    const found =
      starts && input.taskDefinition && findTaskDefinition(context, input.taskDefinition);
    const infrastructure = infrastructureRoles(input);
    if (!found) return [usual, ...infrastructure];
    const { executionRoleArn, taskRoleArn } = rolesOf(found, input.overrides);
    const ofService = passing(input.role, "ecs.amazonaws.com");
    return [
      usual,
      ...passing(taskRoleArn),
      ...passing(executionRoleArn),
      ...ofService,
      ...infrastructure,
    ];
  },
  keys({ operation, input, context }) {
    const enables = input.enableExecuteCommand;
    return {
      // Of what has to do with no cluster it says nothing.
      ...((input.cluster !== undefined || IN_CLUSTER.has(operation)) && {
        "ecs:cluster": cluster(input, context),
      }),
      ...(typeof input.service === "string" && { "ecs:service": service(input, context) }),
      ...(enables !== undefined && { "ecs:enable-execute-command": String(enables) }),
      ...(operation === "CreateService" &&
        input.taskDefinition && { "ecs:task-definition": definition(input, context) }),
      ...(operation === "ExecuteCommand" && { "ecs:container-name": input.container ?? "" }),
    };
  },
  tagsOf(arn, { store }) {
    if (arn.includes(":task-set/")) return findTaskSetByArn(store, arn)?.set.taskSet.tags;
    const kinds = [clusters, ecsServices, tasks, taskDefinitions, containerInstances] as const;
    const found =
      kinds.map((kind) => store.of<{ tags: Tags }>(kind).get(arn)).find((one) => one) ??
      store.of(capacityProviders).get(lastPart(arn));
    return found?.tags;
  },
};

const STARTS: ReadonlySet<string> = new Set([
  "RunTask",
  "StartTask",
  "CreateService",
  "UpdateService",
  "CreateTaskSet",
]);

const IN_CLUSTER: ReadonlySet<string> = new Set([
  "RunTask",
  "StartTask",
  "StopTask",
  "ListTasks",
  "DescribeTasks",
  "ListServices",
  "CreateService",
  "UpdateService",
  "DeleteService",
  "DescribeServices",
  "CreateTaskSet",
  "UpdateTaskSet",
  "DeleteTaskSet",
  "DescribeTaskSets",
  "UpdateServicePrimaryTaskSet",
  "ExecuteCommand",
  "ListContainerInstances",
  "DescribeContainerInstances",
  "UpdateContainerInstancesState",
]);
