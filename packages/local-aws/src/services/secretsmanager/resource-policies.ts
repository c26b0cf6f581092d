import type { Handlers } from "../../protocol/typed.ts";
import { readStatements } from "../iam/validate-policy.ts";
import type { CallContext } from "../service.ts";
import { malformedPolicy, publicPolicy } from "./faults.ts";
import { checkAccess, needKept } from "./find.ts";
import { secrets } from "./state.ts";

/** https://docs.aws.amazon.com/secretsmanager/latest/userguide/auth-and-access_resource-policies.html */
export const resourcePolicyHandlers: Handlers<
  typeof import("@aws-sdk/client-secrets-manager"),
  CallContext
> = {
  PutResourcePolicy({ SecretId, ResourcePolicy, BlockPublicPolicy = true }, context) {
    const secret = needKept(context, SecretId, "PutResourcePolicy");
    const isPublic = checkPolicy(ResourcePolicy);
    if (BlockPublicPolicy && isPublic)
      throw publicPolicy(
        "You can't attach a resource policy that allows broad access to the secret.",
      );
    context.store.of(secrets).patch(secret.name, { policy: ResourcePolicy });
    return { ARN: secret.arn, Name: secret.name };
  },

  GetResourcePolicy({ SecretId }, context) {
    const { arn, name, policy } = needKept(context, SecretId, "GetResourcePolicy");
    return { ARN: arn, Name: name, ...(policy !== undefined && { ResourcePolicy: policy }) };
  },

  DeleteResourcePolicy({ SecretId }, context) {
    const secret = needKept(context, SecretId, "DeleteResourcePolicy");
    context.store.of(secrets).patch(secret.name, { policy: undefined });
    return { ARN: secret.arn, Name: secret.name };
  },

  ValidateResourcePolicy({ ResourcePolicy, SecretId }, context) {
    if (SecretId === undefined) checkAccess(context, "ValidateResourcePolicy", "*");
    else needKept(context, SecretId, "ValidateResourcePolicy");
    return checkPolicy(ResourcePolicy)
      ? {
          PolicyValidationPassed: false,
          ValidationErrors: [
            {
              CheckName: "BLOCK_PUBLIC_POLICY",
              ErrorMessage: "The policy allows broad access to the secret.",
            },
          ],
        }
      : { PolicyValidationPassed: true, ValidationErrors: [] };
  },
};

/** Looks at a policy's grammar, and says whether it lets everybody in. @throws AwsError `MalformedPolicyDocumentException` */
function checkPolicy(policy: string): boolean {
  const fail = () => malformedPolicy("This resource policy contains a syntax error.");
  const statements = readStatements(policy, fail);
  for (const statement of statements)
    if (
      !("Principal" in statement || "NotPrincipal" in statement) ||
      !("Action" in statement || "NotAction" in statement)
    )
      throw fail();
  return statements.some(({ Effect, Principal, Condition }) => {
    const isAnybody =
      Principal === "*" || (Principal as { AWS?: unknown } | undefined)?.AWS === "*";
    return Effect === "Allow" && isAnybody && Condition === undefined;
  });
}
