import { AwsError } from "./aws-error.ts";
import type { Wire } from "./wire-types.ts";

/** Makes a wire layer; it keeps the models it has loaded, so make one per server. */
export function createWire(): Wire {
  throw new AwsError("InternalFailure", "The wire layer is being written.", { status: 500 });
}
