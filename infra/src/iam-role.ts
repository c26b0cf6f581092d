import { IamRole as AwsIamRole } from "@cdktf/provider-aws/lib/iam-role/index.js";
import { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy/index.js";
import { IamRolePolicyAttachment } from "@cdktf/provider-aws/lib/iam-role-policy-attachment/index.js";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";

import { pinned } from "./logical-id.ts";

/** Who may take a role, and what it may do. */
export interface IamRoleProps {
  readonly name: string;
  /** The service that takes the role, e.g. `ecs-tasks.amazonaws.com`, or several. */
  readonly identifier: string | readonly string[];
  /** What the role may do: a policy document in JSON, kept inside the role. */
  readonly policyDocument?: string;
  /** ARN of the policy that says what the role may have at most; nothing limits it unless told. */
  readonly permissionsBoundaryArn?: string;
  /** ARNs of policies to attach as they are. */
  readonly managedPolicyArns?: readonly string[];
}

/**
 * A role that an AWS service can take.
 *
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create_for-service.html
 *
 * Terraform names, for a construct with id `x`: role `x`, its own policy `x_policy`, attachments `x_0`, `x_1`, …
 */
export class IamRole extends Construct {
  readonly arn: string;
  readonly name: string;
  /** What has to exist before the role can do what it is for. */
  readonly permissions: readonly ITerraformDependable[];

  constructor(scope: Construct, id: string, props: IamRoleProps) {
    super(scope, id);
    const role = pinned(
      new AwsIamRole(this, "role", {
        name: props.name,
        assumeRolePolicy: trustIn(props.identifier),
        ...(props.permissionsBoundaryArn !== undefined && {
          permissionsBoundary: props.permissionsBoundaryArn,
        }),
      }),
      id,
    );
    this.arn = role.arn;
    this.name = role.name;
    const permissions: ITerraformDependable[] = [];
    if (props.policyDocument !== undefined) {
      permissions.push(
        pinned(
          new IamRolePolicy(this, "policy", {
            name: props.name,
            role: role.name,
            policy: props.policyDocument,
          }),
          `${id}_policy`,
        ),
      );
    }
    for (const [index, policyArn] of (props.managedPolicyArns ?? []).entries()) {
      const attachment = new IamRolePolicyAttachment(this, `attachment_${index}`, {
        role: role.name,
        policyArn,
      });
      permissions.push(pinned(attachment, `${id}_${index}`));
    }
    this.permissions = permissions;
  }
}

function trustIn(service: string | readonly string[]): string {
  return JSON.stringify({
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Principal: { Service: service }, Action: "sts:AssumeRole" }],
  });
}
