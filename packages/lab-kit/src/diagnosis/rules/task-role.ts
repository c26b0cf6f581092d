import { refusalOf } from "@workbook/local-aws/iam";

import type { Deployed, RoleDenial } from "../deployed.ts";
import type { Cause } from "../finding.ts";
import type { FindingId } from "../kinds.ts";
import type { RoleState } from "../read/read-roles.ts";
import type { Subject } from "../subject.ts";
import { compactAll } from "./roles.ts";

const OF_RESOURCE = "resource-based policy";
const IDS: Readonly<Record<string, FindingId>> = {
  "permissions boundary": "task-role-boundary",
  [OF_RESOURCE]: "task-role-resource",
};

/** What programs asked of AWS in vain: they run, and what they do with the answer is theirs. */
export function taskRoleRights(deployed: Deployed, { name, definition }: Subject): Cause[] {
  const { taskRoleArn } = definition;
  const role = deployed.roles.get(taskRoleArn ?? "");
  if (role === undefined || typeof role === "string") return [];
  return (deployed.scope.denials ?? [])
    .filter(({ who }) => who === taskRoleArn)
    .flatMap((denial) => {
      const { action, resource } = denial;
      const asked = { roleArn: role.arn, region: deployed.scope.region, action, resource };
      // What the policy of a bucket or a key said cannot be read from the role's own.
      const other = denial.refusal.by === OF_RESOURCE ? denial.refusal : undefined;
      const refusal = refusalOf(role, asked) ?? other;
      return refusal ? [toCause(name, role, denial, refusal)] : [];
    });
}

function toCause(
  subject: string,
  role: RoleState,
  { action, resource, times }: RoleDenial,
  { by, explicit }: RoleDenial["refusal"],
): Cause {
  const roleName = role.arn.split("/").at(-1) ?? "";
  const id = explicit ? "task-role-deny" : (IDS[by] ?? "task-role-rights");
  const statement = JSON.stringify({ Effect: "Allow", Action: action, Resource: resource });
  const [en, ja] = explicit
    ? [`a statement of its ${by} denies it`, `${JA[by]}で明示的に拒否されています。`]
    : [
        `no ${by} allows it. What is missing: ${statement}`,
        `${JA[by]}で許可されていません。足りないステートメント: ${statement}`,
      ];
  return {
    id,
    subject,
    cause: [
      `The program of ${subject} asked for ${action} on ${resource}, and its task role ${roleName} may not: ${en}`,
      `${subject} のプログラムが ${resource} に対する ${action} を求めましたが、タスクロール ${roleName} は${ja}`,
    ],
    evidence: [
      { call: "GET /_local/denials", value: `${action}: AccessDenied × ${times}` },
      { call: `iam get-role-policy --role-name ${roleName}`, value: compactAll(role.identity) },
    ],
  };
}

const JA: Readonly<Record<string, string>> = {
  "identity-based policy": "ロールのポリシー",
  "permissions boundary": "アクセス許可の境界",
  "resource-based policy": "リソースベースのポリシー",
};
