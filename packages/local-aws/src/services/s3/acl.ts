import type { Grant } from "@aws-sdk/client-s3";
import type { CallContext } from "../service.ts";
import { s3Error } from "./faults.ts";
import type { Bucket } from "./state.ts";

/** The canonical user of the account. */
export function owner(context: CallContext): { ID: string; DisplayName: string } {
  return {
    ID: Buffer.from(`canonical-user-of-${context.account}`)
      .toString("hex")
      .padEnd(64, "0")
      .slice(0, 64),
    DisplayName: context.account,
  };
}

/** The members of a request that set an access control list. */
export interface AclInput {
  readonly ACL?: string;
  readonly AccessControlPolicy?: { readonly Grants?: readonly Grant[] };
  readonly GrantFullControl?: string;
  readonly GrantRead?: string;
  readonly GrantReadACP?: string;
  readonly GrantWrite?: string;
  readonly GrantWriteACP?: string;
}

const PERMISSIONS = {
  GrantFullControl: "FULL_CONTROL",
  GrantRead: "READ",
  GrantReadACP: "READ_ACP",
  GrantWrite: "WRITE",
  GrantWriteACP: "WRITE_ACP",
} as const;

const GROUPS = "http://acs.amazonaws.com/groups/";
const ALL_USERS = `${GROUPS}global/AllUsers`;
const AUTHENTICATED_USERS = `${GROUPS}global/AuthenticatedUsers`;
const LOG_DELIVERY = `${GROUPS}s3/LogDelivery`;

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/acl-overview.html#canned-acl, beside what the owner has. */
const CANNED: Readonly<Record<string, readonly (readonly [uri: string, Grant["Permission"]])[]>> = {
  "public-read": [[ALL_USERS, "READ"]],
  "public-read-write": [
    [ALL_USERS, "READ"],
    [ALL_USERS, "WRITE"],
  ],
  "authenticated-read": [[AUTHENTICATED_USERS, "READ"]],
  "log-delivery-write": [
    [LOG_DELIVERY, "WRITE"],
    [LOG_DELIVERY, "READ_ACP"],
  ],
};

/** Who owns what is written to a bucket: https://docs.aws.amazon.com/AmazonS3/latest/userguide/about-object-ownership.html */
export function ownershipOf({ settings }: Readonly<Bucket>): string | undefined {
  const controls = settings["ownershipControls"] as
    | { Rules?: { ObjectOwnership?: string }[] }
    | undefined;
  // Without controls a bucket is as all were before April 2023.
  return controls?.Rules?.[0]?.ObjectOwnership ?? "ObjectWriter";
}

/** What the owner has where nothing else was said. */
export function ownersGrants(context: CallContext): Grant[] {
  return [{ Grantee: { ...owner(context), Type: "CanonicalUser" }, Permission: "FULL_CONTROL" }];
}

/**
 * The grants that a request asks for.
 * @returns undefined where it asks for none
 * @throws AwsError where they cannot be read, or the bucket does not let them be set
 */
export function readAcl(
  input: AclInput,
  bucket: Readonly<Bucket>,
  context: CallContext,
): readonly Grant[] | undefined {
  const asked = askedGrants(input, context);
  if (asked === undefined) return undefined;
  if (ownershipOf(bucket) === "BucketOwnerEnforced") {
    if (input.ACL === "bucket-owner-full-control") return undefined;
    throw s3Error("AccessControlListNotSupported", 400, "The bucket does not allow ACLs");
  }
  const block = bucket.settings["publicAccessBlock"] as { BlockPublicAcls?: boolean } | undefined;
  if (block?.BlockPublicAcls && asked.some(isPublic))
    throw s3Error("AccessDenied", 403, "Access Denied");
  return asked;
}

export function isPublic({ Grantee }: Grant): boolean {
  return Grantee?.URI === ALL_USERS || Grantee?.URI === AUTHENTICATED_USERS;
}

/** @throws AwsError `InvalidRequest`, `InvalidArgument` */
export function askedGrants(input: AclInput, context: CallContext): Grant[] | undefined {
  const headers = Object.entries(PERMISSIONS).flatMap(([member, permission]) =>
    parseGrantees(input[member as keyof typeof PERMISSIONS], permission),
  );
  const ways = [
    input.ACL !== undefined,
    headers.length > 0,
    input.AccessControlPolicy !== undefined,
  ].filter(Boolean).length;
  if (ways === 0) return undefined;
  if (ways > 1)
    throw s3Error(
      "InvalidRequest",
      400,
      "Specifying both Canned ACLs and Header Grants is not allowed",
    );
  if (headers.length > 0) return headers;
  if (input.ACL === undefined) return [...(input.AccessControlPolicy?.Grants ?? [])];
  const more = (CANNED[input.ACL] ?? []).map(([URI, Permission]): Grant => ({
    Grantee: { Type: "Group", URI },
    Permission,
  }));
  return [...ownersGrants(context), ...more];
}

/** `id="…", uri="…"`: https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketAcl.html */
function parseGrantees(header: string | undefined, Permission: Grant["Permission"]): Grant[] {
  if (header === undefined) return [];
  return header.split(",").map((part) => {
    const [, kind, value] = /^\s*(id|uri|emailAddress)\s*=\s*"?([^"]+?)"?\s*$/.exec(part) ?? [];
    if (kind === "id") return { Grantee: { Type: "CanonicalUser", ID: value }, Permission };
    if (kind === "emailAddress")
      return { Grantee: { Type: "AmazonCustomerByEmail", EmailAddress: value }, Permission };
    if (kind === "uri" && value?.startsWith(GROUPS))
      return { Grantee: { Type: "Group", URI: value }, Permission };
    const message = kind === "uri" ? "Invalid group uri" : "Argument format not recognized";
    throw s3Error("InvalidArgument", 400, message, {
      ArgumentName: kind === "uri" ? "uri" : "x-amz-grant",
      ArgumentValue: part.trim(),
    });
  });
}
