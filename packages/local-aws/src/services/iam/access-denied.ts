import { AwsError } from "../../protocol/aws-error.ts";
import type { Protocol } from "../../protocol/wire-types.ts";
import { refusalWords, type Refusal } from "./refusal.ts";

/** What was refused, and why. */
interface Refused {
  readonly action: string;
  readonly resource: string;
  readonly refusal: Refusal;
  /** What EC2 says, for those to read who may decode it. */
  readonly encoded: () => string;
}

interface Call {
  readonly service: { readonly id: string };
  readonly resolved: { readonly protocol: Protocol };
}

/**
 * The answer to a call that is not allowed, as its service words it.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
 */
export function accessDenied(call: Call, arn: string, refused: Refused): AwsError {
  const { action, resource, refusal } = refused;
  const { protocol } = call.resolved;
  const who = `User: ${arn} is not authorized to perform: ${action}`;
  const why = refusalWords(refusal, action);
  if (protocol === "ec2Query") {
    const isPlain = resource === "*";
    const on = isPlain ? "" : ` on resource: ${resource}`;
    const encoded = isPlain ? "" : `. Encoded authorization failure message: ${refused.encoded()}`;
    const message = `You are not authorized to perform this operation. ${who}${on} ${why}${encoded}`;
    return new AwsError("UnauthorizedOperation", message, { status: 403 });
  }
  const named = protocol === "restXml" ? `"${resource}"` : resource;
  const message = `${who}${saysResource(call, resource) ? ` on resource: ${named}` : ""} ${why}`;
  return protocol === "query" || protocol === "restXml"
    ? new AwsError("AccessDenied", message, { status: 403 })
    : new AwsError("AccessDeniedException", message, {
        status: protocol === "restJson" ? 403 : 400,
      });
}

/** Of an action without a resource the JSON services and IAM say `*`, the others nothing. */
function saysResource({ service, resolved: { protocol } }: Call, resource: string): boolean {
  return resource !== "*" || protocol.includes("son") || service.id === "iam";
}
