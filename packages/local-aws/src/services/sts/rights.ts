import type { RightsTable } from "../kit/rights.ts";
import type { CallContext } from "../service.ts";

/**
 * What IAM has to allow who uses STS: nothing for who tells who he is; what a role's trust policy has a say in is asked where it is
 * known. https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssecuritytokenservice.html
 */
export const rights: RightsTable<CallContext> = {
  prefix: "sts",
  free: "GetCallerIdentity GetSessionToken AssumeRole AssumeRoleWithWebIdentity",
  resources: [],
};
