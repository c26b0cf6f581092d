import { DataAwsIamPolicy } from "@cdktf/provider-aws/lib/data-aws-iam-policy/index.js";
import { DataAwsIamPolicyDocument } from "@cdktf/provider-aws/lib/data-aws-iam-policy-document/index.js";
import { Construct } from "constructs";

import { IamRole } from "./iam-role.ts";
import { pinned } from "./logical-id.ts";

/** What an execution role is called, and what it is for. */
export interface ExecutionRoleProps {
  readonly name: string;
  /** Whether it also reads encrypted parameters for containers. True unless told. */
  readonly readsParameters?: boolean;
}

const MANAGED_POLICY_ARN = "arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy";

/**
 * The role with which ECS itself prepares a task: it pulls the image from ECR and writes to CloudWatch Logs (AWS's
 * managed policy), and, where told, reads parameters and decrypts them before the containers start.
 *
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_execution_IAM_role.html
 *
 * Terraform names, for a construct with id `x`: role `x`, policy `x_policy`, data sources `x_managed` and, for
 * parameters, `x_document`.
 */
export class ExecutionRole extends IamRole {
  constructor(scope: Construct, id: string, props: ExecutionRoleProps) {
    super(scope, id, {
      name: props.name,
      identifier: "ecs-tasks.amazonaws.com",
      policyDocument: executionPolicy(scope, id, props.readsParameters ?? true),
    });
  }
}

function executionPolicy(scope: Construct, id: string, readsParameters: boolean): string {
  const documents = new Construct(scope, `${id}_documents`);
  const managed = pinned(
    new DataAwsIamPolicy(documents, "managed", { arn: MANAGED_POLICY_ARN }),
    `${id}_managed`,
  );
  if (!readsParameters) return managed.policy;
  const extended = new DataAwsIamPolicyDocument(documents, "extended", {
    sourcePolicyDocuments: [managed.policy],
    statement: [
      { effect: "Allow", actions: ["ssm:GetParameters", "kms:Decrypt"], resources: ["*"] },
    ],
  });
  return pinned(extended, `${id}_document`).json;
}
