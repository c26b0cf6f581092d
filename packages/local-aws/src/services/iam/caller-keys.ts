import { lastPart } from "../../ground/arn.ts";
import type { Clock } from "../../clock/clock.ts";
import type { Store } from "../../store/store.ts";
import type { Principal } from "../service.ts";
import { requestKeys, type RequestContext } from "./policy-conditions.ts";
import { entityOf, type Subject } from "./principal-policies.ts";

/** What is asked of somebody, in one account and region. */
interface Caller {
  readonly account: string;
  readonly region: string;
  readonly cloud: Store;
  readonly clock: Clock;
  readonly principal: Subject & Partial<Principal>;
}

/**
 * The condition keys that every request of a caller has.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
 */
export function callerKeys(caller: Caller, roleArn: string | undefined): RequestContext {
  const { account, region, cloud, clock, principal } = caller;
  const { arn, session, userId } = principal;
  const entity = entityOf(cloud, account, principal);
  const tags = Object.fromEntries((entity?.tags ?? []).map(({ Key, Value }) => [Key, Value]));
  return {
    ...requestKeys(region, clock.now()),
    "aws:PrincipalArn": roleArn ?? arn,
    "aws:PrincipalAccount": account,
    "aws:PrincipalIsAWSService": "false",
    "aws:ViaAWSService": "false",
    "aws:PrincipalType": principalType(arn),
    ...(userId !== undefined && { "aws:userid": userId }),
    ...(arn.includes(":user/") && { "aws:username": lastPart(arn) }),
    ...prefixed("aws:PrincipalTag/", { ...tags, ...session?.tags }),
    ...(session && {
      "aws:TokenIssueTime": new Date(session.issuedAt).toISOString(),
      "aws:MultiFactorAuthPresent": "false",
      ...(session.sourceIdentity !== undefined && { "aws:SourceIdentity": session.sourceIdentity }),
      ...session.keys,
    }),
  };
}

/** `values` as condition keys. */
export function prefixed(
  prefix: string,
  values: Readonly<Record<string, string>>,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [`${prefix}${name}`, value]),
  );
}

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-principaltype */
function principalType(arn: string): string {
  if (arn.endsWith(":root")) return "Account";
  return arn.includes(":user/") ? "User" : "AssumedRole";
}
