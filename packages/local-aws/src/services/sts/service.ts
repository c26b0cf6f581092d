import { AwsError } from "../../protocol/aws-error.ts";
import type { Handlers } from "../../protocol/typed.ts";
import type { RightsTable } from "../kit/rights.ts";
import { defineService, type CallContext } from "../service.ts";
import { readAuthorizationMessage } from "../iam/authorization-message.ts";
import type { Members } from "../kit/members.ts";
import { accountOfRole, requireAssumableRole } from "./assume-role.ts";
import { webIdentityHandlers } from "./web-identity.ts";
import { mintSession, sessionPolicies, sessionTags, startRoleSession } from "./sessions.ts";

/**
 * What IAM has to allow who uses STS: nothing for who tells who he is; what a role's trust policy has a say in is asked where it is
 * known. https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssecuritytokenservice.html
 */
const rights: RightsTable<CallContext> = {
  prefix: "sts",
  free: "GetCallerIdentity GetSessionToken AssumeRole AssumeRoleWithWebIdentity",
  resources: [],
};

/** https://docs.aws.amazon.com/STS/latest/APIReference/API_Operations.html */
const members: Members = {
  refused: {
    AssumeRoleRequest: "SerialNumber TokenCode ProvidedContexts MinimumSessionTokenSize",
    // A token of a kind that only two houses of their own give out.
    AssumeRoleWithWebIdentityRequest: "ProviderId MinimumSessionTokenSize",
    GetSessionTokenRequest: "SerialNumber TokenCode MinimumSessionTokenSize",
  },
  meaningless: [],
  usedIn: {},
};

const USER_SESSION_SECONDS = 12 * 3600;

const handlers = {
  GetCallerIdentity(_input, { principal }) {
    return { UserId: principal.userId, Account: principal.account, Arn: principal.arn };
  },

  AssumeRole(input, context) {
    const role = requireAssumableRole(context, input);
    const { session: before, roleArn } = context.principal;
    const policies = sessionPolicies(context, accountOfRole(role.arn), input);
    // Who somebody was at first stays, however many roles are taken on.
    const sourceIdentity = before?.sourceIdentity ?? input.SourceIdentity;
    return startRoleSession(context, {
      role,
      name: input.RoleSessionName,
      seconds: input.DurationSeconds,
      chained: roleArn !== undefined,
      facts: {
        issuedAt: context.clock.now(),
        ...(policies && { policies }),
        ...sessionTags(context, input),
        ...(sourceIdentity !== undefined && { sourceIdentity }),
      },
    });
  },

  GetSessionToken(input, context) {
    const { account, arn, userId, roleArn, session } = context.principal;
    if (roleArn !== undefined || session)
      throw new AwsError("AccessDenied", "Cannot call GetSessionToken with session credentials", {
        status: 403,
      });
    const seconds = input.DurationSeconds ?? USER_SESSION_SECONDS;
    const who = { account, arn, userId, session: { issuedAt: context.clock.now() } };
    return { Credentials: mintSession(context, who, seconds) };
  },

  DecodeAuthorizationMessage({ EncodedMessage: encoded }, { cloud }) {
    const DecodedMessage = readAuthorizationMessage(cloud, encoded);
    if (DecodedMessage === undefined)
      throw new AwsError("InvalidAuthorizationMessageException", `Message is not valid`);
    return { DecodedMessage };
  },
} satisfies Handlers<typeof import("@aws-sdk/client-sts"), CallContext>;

/** AWS Security Token Service. Federation by SAML is not there. */
export const service = defineService({
  id: "sts",
  rights,
  members,
  handlers,
  streaming: webIdentityHandlers,
});
