import type { IncomingMessage } from "node:http";
import type { ResolvedOperation, WireRequest } from "../protocol/wire-types.ts";
import type { Wire } from "../protocol/wire.ts";
import { readBody } from "../protocol/body.ts";
import type { Authenticated } from "./auth/authenticator.ts";

/**
 * Calls that AWS takes without a signature, since they bring another proof of who calls. Those that are not here say so by
 * name: a missing signature is not what is wrong with them.
 * https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html
 */
const ACTION = /^AssumeRoleWith(?:SAML|WebIdentity)$/;
const TARGET = /^(?:AWSCognitoIdentityProviderService|AWSCognitoIdentityService)\./;
/** An assertion has up to 100,000 characters, each of which a form may write as three. */
const LONGEST_FORM_BYTES = 512 * 1024;

/** STS's global endpoint answers from there; what is unsigned names no region. */
export const UNSIGNED_REGION = "us-east-1";

/** Who calls without a signature. No account has its name, so nothing is anybody's until a handler has the proof. */
export const NOBODY: Authenticated = {
  principal: { account: "", arn: "", userId: "", accessKeyId: "" },
  signingKey: undefined,
};

/** A call without a signature that has an operation which needs none. */
interface UnsignedCall {
  readonly resolved: ResolvedOperation;
  readonly caller: Authenticated;
  readonly request: WireRequest;
}

/**
 * The call that an unsigned request makes; undefined where it has to be signed.
 * @throws AwsError `NotImplemented` for an operation of a service that is not modelled
 */
export async function unsignedCall(
  incoming: IncomingMessage,
  request: WireRequest,
  wire: Wire,
): Promise<UnsignedCall | undefined> {
  const { method, url, headers } = request;
  if (TARGET.test(headers["x-amz-target"] ?? ""))
    return { resolved: wire.resolveOperation(request), caller: NOBODY, request };
  const query = url.slice(url.indexOf("?") + 1);
  const isForm = headers["content-type"]?.startsWith("application/x-www-form-urlencoded") ?? false;
  const length = Number(headers["content-length"] ?? Number.NaN);
  const form =
    method === "POST" && isForm && length <= LONGEST_FORM_BYTES
      ? await readBody(incoming, LONGEST_FORM_BYTES)
      : Buffer.from(query);
  // A form that names two operations is let in for neither.
  const [action = "", other] = new URLSearchParams(form.toString("latin1")).getAll("Action");
  if (!ACTION.test(action) || other !== undefined) return undefined;
  const asForm = { "content-type": "application/x-www-form-urlencoded" };
  const asked = { method: "POST", url: "/", headers: asForm, body: form };
  return { resolved: wire.resolveOperation(asked), caller: NOBODY, request: asked };
}
