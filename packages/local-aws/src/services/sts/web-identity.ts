import type { AssumeRoleWithWebIdentityRequest, Tag } from "@aws-sdk/client-sts";
import { AwsError } from "../../protocol/aws-error.ts";
import type { Handlers } from "../../protocol/typed.ts";
import { findRole } from "../iam/authorize.ts";
import { requestKeys } from "../iam/policy-conditions.ts";
import { parsePolicy } from "../iam/policy-document.ts";
import { evaluateResourcePolicy } from "../iam/policy-evaluation.ts";
import type { Role } from "../iam/state.ts";
import type { RequestKeys } from "../kit/rights.ts";
import type { CallContext } from "../service.ts";
import { accountOfRole, sessionKeys } from "./assume-role.ts";
import { proveIdentity, type ProvenIdentity } from "./identity-token.ts";
import { sessionPolicies, sessionTags, startRoleSession } from "./sessions.ts";

/** What a token asks for the session that it starts: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_session-tags.html#id_session-tags_adding-assume-role-idp */
interface AskedByToken {
  readonly Tags?: Tag[];
  readonly TransitiveTagKeys?: string[];
  readonly SourceIdentity?: string;
}

type Asked = AskedByToken & Pick<AssumeRoleWithWebIdentityRequest, "RoleSessionName">;

/** STS's operation that asks somebody else who its caller is, and so waits. */
export const webIdentityHandlers: Handlers<typeof import("@aws-sdk/client-sts"), CallContext> = {
  async AssumeRoleWithWebIdentity(input, context) {
    const account = accountOfRole(input.RoleArn);
    const identity = await proveIdentity(input.WebIdentityToken, account, context);
    const asked = { ...askedBy(identity), RoleSessionName: input.RoleSessionName };
    const { cloud, clock } = context;
    return cloud.transaction(() => {
      const proved = provedKeys(identity);
      const role = requireTrustingRole(context, input.RoleArn, identity, asked);
      const policies = sessionPolicies(context, account, input);
      // Whoever may have signed the call: it is the token's owner whose session it is.
      const nobody = { principal: { ...context.principal, session: undefined } };
      const started = startRoleSession(context, {
        role,
        name: input.RoleSessionName,
        seconds: input.DurationSeconds,
        chained: false,
        facts: {
          issuedAt: clock.now(),
          keys: proved,
          ...(policies && { policies }),
          ...sessionTags(nobody, asked),
          ...(asked.SourceIdentity !== undefined && { sourceIdentity: asked.SourceIdentity }),
        },
      });
      return {
        ...started,
        SubjectFromWebIdentityToken: identity.subject,
        Audience: identity.audience,
        Provider: identity.provider.arn,
      };
    });
  },
};

/**
 * The role, where its trust policy trusts the provider with this of its people.
 * @throws AwsError `AccessDenied`, whether the role does not exist or does not trust, as AWS does
 */
function requireTrustingRole(
  { cloud, clock, region }: CallContext,
  roleArn: string,
  identity: ProvenIdentity,
  asked: Asked,
): Readonly<Role> {
  const role = findRole(cloud, accountOfRole(roleArn), roleArn);
  const { arn } = identity.provider;
  const context = {
    ...requestKeys(region, clock.now()),
    ...provedKeys(identity),
    ...sessionKeys(asked),
  };
  const actions = [
    "sts:AssumeRoleWithWebIdentity",
    ...(asked.Tags ? ["sts:TagSession"] : []),
    ...(asked.SourceIdentity === undefined ? [] : ["sts:SetSourceIdentity"]),
  ];
  const lacking = actions.find((action) => {
    if (!role) return true;
    const trust = parsePolicy(role.assumeRolePolicyDocument);
    const principal = { kind: "Federated", names: [arn] } as const;
    const request = { action, resource: role.arn, context };
    return evaluateResourcePolicy(trust, principal, request) !== "allowed";
  });
  if (role && lacking === undefined) return role;
  throw new AwsError("AccessDenied", `Not authorized to perform ${lacking}`, { status: 403 });
}

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html#condition-keys-wif */
function provedKeys({ provider, claims }: ProvenIdentity): RequestKeys {
  const issuer = provider.arn.slice(provider.arn.indexOf("/") + 1);
  const { sub, aud, azp, amr, email } = claims;
  const known = { sub, aud: azp ?? aud, oaud: azp === undefined ? undefined : aud, amr, email };
  const keys = Object.entries(known)
    .filter((entry): entry is [string, string | string[]] => isText(entry[1]))
    .map(([name, value]) => [`${issuer}:${name}`, value]);
  return { ...Object.fromEntries(keys), "aws:FederatedProvider": provider.arn };
}

const isText = (value: unknown): value is string | readonly string[] =>
  [value].flat().every((one) => typeof one === "string");

function askedBy({ claims }: ProvenIdentity): AskedByToken {
  const tags = claims["https://aws.amazon.com/tags"];
  const identity = claims["https://aws.amazon.com/source_identity"];
  const { principal_tags: given, transitive_tag_keys: kept } = Object(tags) as {
    principal_tags?: Readonly<Record<string, string | readonly string[]>>;
    transitive_tag_keys?: unknown;
  };
  const Tags = Object.entries(given ?? {}).map(([Key, value]) => ({ Key, Value: String(value) }));
  return {
    ...(Tags.length > 0 && { Tags }),
    TransitiveTagKeys: [kept ?? []].flat().map(String),
    ...(typeof identity === "string" && { SourceIdentity: identity }),
  };
}
