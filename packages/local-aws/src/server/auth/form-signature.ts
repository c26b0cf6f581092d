import { AwsError } from "../../protocol/aws-error.ts";

/** What a form says about who signed its policy: https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-authentication-HTTPPOST.html */
export interface FormSignature {
  readonly version: 4 | 2;
  readonly accessKeyId: string;
  readonly date: string;
  readonly region: string;
  readonly service: string;
  /** In Base64, as it was signed. */
  readonly policy: string;
  readonly signature: string;
  readonly sessionToken: string | undefined;
}

/** @throws AwsError where a form has no signature, or one that cannot be read */
export function readFormSignature(fields: ReadonlyMap<string, string>): FormSignature {
  const need = (name: string) => {
    const value = fields.get(name);
    if (value) return value;
    const message = `Bucket POST must contain a field named '${name}'.  If it is specified, please check the order of the fields.`;
    const facts = { ArgumentName: name, ArgumentValue: "" };
    throw new AwsError("InvalidArgument", message, { status: 400, fields: facts });
  };
  const policy = fields.get("policy");
  const isV2 = fields.has("awsaccesskeyid");
  const isSigned = isV2 || fields.has("x-amz-credential");
  // Nobody but the owner may write to a bucket here, so that a form without a policy is anybody's.
  if (!policy || !isSigned) throw new AwsError("AccessDenied", "Access Denied", { status: 403 });
  const sessionToken = fields.get("x-amz-security-token");
  if (isV2) {
    const accessKeyId = need("awsaccesskeyid");
    const signature = need("signature");
    // It names no region, and S3 finds a bucket in any.
    const scope = { date: "", region: "us-east-1", service: "s3" };
    return { version: 2, accessKeyId, ...scope, policy, signature, sessionToken };
  }
  if (need("x-amz-algorithm") !== "AWS4-HMAC-SHA256") throw badScope("X-Amz-Algorithm");
  const parts = need("x-amz-credential").split("/");
  const [accessKeyId, date, region, service, end] = parts as [string, ...string[]];
  const isScope = parts.length === 5 && service === "s3" && end === "aws4_request";
  if (!isScope || !date || !region || !need("x-amz-date").startsWith(date))
    throw badScope("X-Amz-Credential");
  const signature = need("x-amz-signature");
  return { version: 4, accessKeyId, date, region, service, policy, signature, sessionToken };
}

function badScope(name: string): AwsError {
  return new AwsError("AuthorizationQueryParametersError", `Error parsing the ${name} parameter.`, {
    status: 400,
  });
}
