import type { ProtocolGuess } from "./wire-types.ts";

/** The headers that tell a request's id: S3 has names of its own. */
export function requestIdHeaders(
  { protocol }: ProtocolGuess,
  requestId: string,
): Record<string, string> {
  if (protocol !== "restXml") return { "x-amzn-requestid": requestId };
  return { "x-amz-request-id": requestId, "x-amz-id-2": Buffer.from(requestId).toString("base64") };
}
