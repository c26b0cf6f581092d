import { refusalOf } from "@workbook/local-aws/iam";

import type { Deployed } from "../deployed.ts";
import type { Cause } from "../finding.ts";
import { shortOf, type Subject } from "../subject.ts";

/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html#ecs-exec-required-iam-permissions */
const CHANNEL_ACTIONS = [
  "ssmmessages:CreateControlChannel",
  "ssmmessages:CreateDataChannel",
  "ssmmessages:OpenControlChannel",
  "ssmmessages:OpenDataChannel",
];

/** A service with ECS Exec whose task role may not open the channel to Session Manager. */
export function execRights({ roles, scope }: Deployed, subject: Subject): Cause[] {
  const { name, service, definition } = subject;
  const role = roles.get(definition.taskRoleArn ?? "");
  if (!service.enableExecuteCommand || role === undefined || typeof role === "string") return [];
  const { identity, boundary, arn: roleArn } = role;
  const policies = { identity, boundary, endpoint: undefined, resource: undefined };
  const refused = CHANNEL_ACTIONS.filter(
    (action) =>
      refusalOf(policies, { roleArn, region: scope.region, action, resource: "*" }) !== undefined,
  );
  if (refused.length === 0) return [];
  const roleName = shortOf(roleArn);
  const actions = refused.join(", ");
  return [
    {
      id: "exec-rights",
      subject: name,
      cause: [
        `${name} has ECS Exec, and its task role ${roleName} may not ${actions}: no session can be opened.`,
        `${name} は ECS Exec が有効ですが、タスクロール ${roleName} に ${actions} の権限がないため、セッションを開けません。`,
      ],
      evidence: [
        { call: `ecs describe-services --services ${name}`, value: "enableExecuteCommand=true" },
        { call: `iam list-role-policies --role-name ${roleName}`, value: `no ${actions}` },
      ],
    },
  ];
}
