import type { Words } from "@workbook/toolchain";
import type { Kind } from "../kinds.ts";
import { ecsPage, elbPage, page, vpcPage } from "./pages.ts";

const QUESTION = [
  "What did AWS answer while the stack was applied, and to which call?",
  "スタックの適用中、AWS はどの呼び出しに何と答えましたか。",
] as const;
const refused = (where: Words, line: Words): Kind => ({ question: QUESTION, page: where, line });
const DEFINITION = ecsPage("task_definition_parameters");
const SIZES = ecsPage("task-cpu-memory-error");
const BEHIND = ecsPage("service-load-balancing");

/** What AWS refuses while a stack is applied. */
export const REFUSAL_KINDS = {
  "refused-pass-role": refused(
    page("IAM/latest/UserGuide", "id_roles_use_passrole"),
    '{ Effect: "Allow", Action: "iam:PassRole", Resource: [executionRole.arn, taskRole.arn] },',
  ),
  "refused-target-type": refused(BEHIND, 'targetType: "ip",'),
  "refused-target-group-alone": refused(BEHIND, "dependsOn: [listener],"),
  "refused-container-port": refused(BEHIND, "portMappings: [{ containerPort: … }],"),
  "refused-fargate-size": refused(SIZES, 'cpu: "256", memory: "512",'),
  "refused-container-memory": refused(SIZES, 'memory: "1024",'),
  "refused-execution-role": refused(
    ecsPage("task_execution_IAM_role"),
    "executionRoleArn: executionRole.arn,",
  ),
  "refused-host-port": refused(DEFINITION, "portMappings: [{ containerPort: … }],"),
  "refused-exec-role": refused(ecsPage("task-iam-roles"), "taskRoleArn: taskRole.arn,"),
  "refused-capacity-provider": refused(
    ecsPage("cluster-capacity-providers"),
    'capacityProviders: ["FARGATE", "FARGATE_SPOT"],',
  ),
  "refused-service-exists": refused(
    page("AmazonECS/latest/APIReference", "API_CreateService"),
    "./workbook terraform STACK import ADDRESS CLUSTER/SERVICE",
  ),
  "refused-name-taken": refused(
    page("AmazonCloudWatchLogs/latest/APIReference", "API_CreateLogGroup"),
    "./workbook terraform STACK import ADDRESS NAME",
  ),
  "refused-target-group-in-use": refused(
    page("elasticloadbalancing/latest/APIReference", "API_DeleteTargetGroup"),
    "lifecycle: { createBeforeDestroy: true },",
  ),
  "refused-zones": refused(
    elbPage("application-load-balancers"),
    "subnets: [...network.publicSubnetIds],",
  ),
  "refused-subnet-conflict": refused(vpcPage("subnet-sizing"), 'cidrBlock: "10.0.11.0/24",'),
  "refused-dependency": refused(vpcPage("delete-vpc"), "./workbook destroy"),
  "refused-repository-not-empty": refused(
    page("AmazonECR/latest/userguide", "repository-delete"),
    "forceDelete: true,",
  ),
  "refused-secret-pending": refused(
    page("secretsmanager/latest/userguide", "manage_delete-secret"),
    "recoveryWindowInDays: 0,",
  ),
} as const satisfies Readonly<Record<string, Kind>>;
