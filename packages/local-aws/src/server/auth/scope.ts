import type { ResolvedOperation } from "../../protocol/wire-types.ts";
import { S3_SIGNING_NAMES } from "../../protocol/service-index.ts";
import { REGION_NAMES } from "../../ground/regions.ts";
import { authError } from "./failures.ts";
import type { SignedRequest } from "./signed-request.ts";

/** Regions that calls may be signed for: AWS's own. */
const REGIONS: ReadonlySet<string> = new Set(REGION_NAMES);

/**
 * Binds what runs to what was signed: the operation belongs to the service of the scope, and the region is one of AWS's.
 * @throws AwsError in the words of the service that was asked
 */
export function bindScope(signed: SignedRequest, resolved: ResolvedOperation): void {
  const wanted = resolved.serviceModel.signingName;
  const { service, region } = signed;
  const isSame = service === wanted || (resolved.service === "s3" && S3_SIGNING_NAMES.has(service));
  if (!isSame) throw authError({ kind: "scope-service", service, wanted }, resolved);
  if (!REGIONS.has(region)) throw authError({ kind: "scope-region", region }, resolved);
}
