import { createHash } from "node:crypto";
import table from "./aws-managed-policies.json" with { type: "json" };

/** One of AWS's own managed policies. */
export interface AwsManagedPolicy {
  readonly policyName: string;
  readonly policyId: string;
  readonly arn: string;
  readonly path: string;
  readonly versionId: string;
  /** JSON. */
  readonly document: string;
  readonly createdAt: number;
  readonly updatedAt: number;
}

/** AWS's ids of these policies are not published: each has one that is made from its name. */
function policyId(name: string): string {
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  const digest = createHash("sha256").update(name).digest();
  return `ANPA${[...digest.subarray(0, 17)].map((byte) => alphabet[byte % 32]).join("")}`;
}

/**
 * The managed policies of AWS that the workbook's subjects need, with the documents of the version named (the table beside
 * this file). Where a policy is documented:
 * https://docs.aws.amazon.com/aws-managed-policy/latest/reference/policy-list.html
 */
export const AWS_MANAGED_POLICIES: ReadonlyMap<string, AwsManagedPolicy> = new Map(
  table.map(({ name, path, versionId, createdAt, updatedAt, document }) => {
    const arn = `arn:aws:iam::aws:policy${path}${name}`;
    return [
      arn,
      {
        policyName: name,
        policyId: policyId(name),
        arn,
        path,
        versionId,
        document: JSON.stringify(document),
        createdAt: Date.parse(createdAt),
        updatedAt: Date.parse(updatedAt),
      },
    ];
  }),
);
