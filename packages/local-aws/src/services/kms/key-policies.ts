import type { Handlers } from "../../protocol/typed.ts";
import { toList, type OneOrMany } from "../iam/policy-document.ts";
import { readStatements } from "../iam/validate-policy.ts";
import { isAwsPrincipal } from "../iam/validate-trust-policy.ts";
import type { CallContext } from "../service.ts";
import type { Caller } from "../iam/caller.ts";
import { ownKey, policyAllows } from "./access.ts";
import { malformedPolicy, notFound } from "./faults.ts";
import { needKept } from "./find.ts";
import { page } from "./pages.ts";
import { keys } from "./state.ts";

/** A key has one policy, which has this name. */
const NAME = "default";

export const keyPolicyHandlers: Handlers<typeof import("@aws-sdk/client-kms"), CallContext> = {
  GetKeyPolicy({ KeyId, PolicyName }, context) {
    const { policy } = ownKey(context, KeyId, "GetKeyPolicy");
    checkName(PolicyName);
    return { Policy: policy, PolicyName: NAME };
  },

  PutKeyPolicy({ KeyId, Policy, PolicyName, BypassPolicyLockoutSafetyCheck }, context) {
    const key = needKept(ownKey(context, KeyId, "PutKeyPolicy"));
    checkName(PolicyName);
    checkKeyPolicy(Policy, context, BypassPolicyLockoutSafetyCheck ?? false);
    context.store.of(keys).patch(key.id, { policy: Policy });
    return {};
  },

  ListKeyPolicies({ KeyId, Limit = 100, Marker }, context) {
    ownKey(context, KeyId, "ListKeyPolicies");
    const { items, ...rest } = page([NAME], (name) => name, { Limit, Marker }, "policies");
    return { PolicyNames: items, ...rest };
  },
};

function checkName(name: string | undefined): void {
  if (name !== undefined && name !== NAME) throw notFound("No such policy exists");
}

/** The whole account, by its own policies. https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html */
export function defaultPolicy(account: string): string {
  const statement = {
    Sid: "Enable IAM User Permissions",
    Effect: "Allow",
    Principal: { AWS: `arn:aws:iam::${account}:root` },
    Action: "kms:*",
    Resource: "*",
  };
  return JSON.stringify({ Version: "2012-10-17", Id: "key-default-1", Statement: [statement] });
}

/**
 * Looks at a key's policy before it is taken: its grammar, that its principals are there, and that its caller can change it again.
 * https://docs.aws.amazon.com/kms/latest/APIReference/API_PutKeyPolicy.html
 * @throws AwsError `MalformedPolicyDocumentException`
 */
export function checkKeyPolicy(policy: string, caller: Caller, bypassLockout: boolean): void {
  const fail = () => malformedPolicy("The policy document is not well-formed.");
  for (const statement of readStatements(policy, fail)) {
    const principal = statement["Principal"] ?? statement["NotPrincipal"];
    if (principal === undefined || !("Action" in statement || "NotAction" in statement))
      throw fail();
    if (!("Resource" in statement || "NotResource" in statement)) throw fail();
    if (principal === "*") continue;
    if (typeof principal !== "object" || principal === null) throw fail();
    const named = toList((principal as { AWS?: OneOrMany<string> }).AWS);
    if (!named.every((name) => isAwsPrincipal(caller.store, name)))
      throw malformedPolicy("Policy contains a statement with one or more invalid principals.");
  }
  if (!bypassLockout && !policyAllows(caller, policy, "PutKeyPolicy"))
    throw malformedPolicy(
      "The new key policy will not allow you to update the key policy in the future.",
    );
}
