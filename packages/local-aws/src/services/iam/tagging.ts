import { parseArn } from "../../ground/arn.ts";
import { taggedKind, toTagList, type TagCall, type Tagging } from "../kit/tagging.ts";
import type { CallContext } from "../service.ts";
import { invalidInput } from "./faults.ts";
import { instanceProfiles, managedPolicies, oidcProviders } from "./state.ts";

/** By how ARNs call a kind: how its operations do, the member that names one, and whether that takes the ARN. */
const KINDS: Readonly<Record<string, readonly [name: string, member: string, byArn?: true]>> = {
  role: ["Role", "RoleName"],
  user: ["User", "UserName"],
  "instance-profile": ["InstanceProfile", "InstanceProfileName"],
  policy: ["Policy", "PolicyArn", true],
  "oidc-provider": ["OpenIDConnectProvider", "OpenIDConnectProviderArn", true],
};

/**
 * Users and roles are tagged by their ARNs, and not found by their tags.
 * https://docs.aws.amazon.com/resourcegroupstagging/latest/APIReference/supported-services.html
 */
export const tagging: Tagging<CallContext> = {
  kinds: [taggedKind(managedPolicies), taggedKind(instanceProfiles), taggedKind(oidcProviders)],
  tag: (arn, tags) => call("Tag", arn, { Tags: toTagList(tags) }),
  untag: (arn, TagKeys) => call("Untag", arn, { TagKeys }),
};

/** @throws AwsError `InvalidInput` for an ARN of something that has no tags */
function call(verb: string, arn: string, given: object): TagCall {
  const path = parseArn(arn)?.resource.split("/") ?? [];
  const [name, member, byArn] = KINDS[path[0] ?? ""] ?? [];
  if (name === undefined) throw invalidInput(`ARN ${arn} is not valid.`);
  return {
    operation: `${verb}${name}`,
    input: { [member!]: byArn ? arn : path.at(-1), ...given },
  };
}
