import type { IncomingMessage } from "node:http";
import type { ResolvedOperation, WireRequest } from "../protocol/wire-types.ts";
import type { Wire } from "../protocol/wire.ts";
import { readBody } from "../protocol/body.ts";

/**
 * Calls that AWS takes without a signature, since they bring another proof of who calls. None of them is here, and each
 * says so by name: a missing signature is not what is wrong with it.
 * https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html
 */
const ACTION = /(?:^|&)Action=(AssumeRoleWith(?:SAML|WebIdentity))(?:&|$)/;
const TARGET = /^(?:AWSCognitoIdentityProviderService|AWSCognitoIdentityService)\./;
/** An assertion has up to 100,000 characters, each of which a form may write as three. */
const LONGEST_FORM_BYTES = 512 * 1024;

/**
 * The operation that an unsigned request may ask for; undefined where it has to be signed. Of what is unsigned no more is
 * looked at than its `Action`.
 * @throws AwsError `NotImplemented` for an operation of a service that is not modelled
 */
export async function unsignedOperation(
  incoming: IncomingMessage,
  request: WireRequest,
  wire: Wire,
): Promise<ResolvedOperation | undefined> {
  const { method, url, headers } = request;
  if (TARGET.test(headers["x-amz-target"] ?? "")) return wire.resolveOperation(request);
  const query = url.slice(url.indexOf("?") + 1);
  const isForm = headers["content-type"]?.startsWith("application/x-www-form-urlencoded") ?? false;
  const length = Number(headers["content-length"] ?? Number.NaN);
  const form =
    method === "POST" && isForm && length <= LONGEST_FORM_BYTES
      ? (await readBody(incoming, LONGEST_FORM_BYTES)).toString("latin1")
      : query;
  const action = ACTION.exec(form)?.[1];
  if (action === undefined) return undefined;
  const body = Buffer.from(`Action=${action}&Version=2011-06-15`);
  const asForm = { "content-type": "application/x-www-form-urlencoded" };
  return wire.resolveOperation({ method: "POST", url: "/", headers: asForm, body });
}
