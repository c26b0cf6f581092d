import type { Readable } from "node:stream";
import type { OperationModel, ServiceModel } from "./model.ts";
import type { ServiceId } from "./service-id.ts";

/** A way of writing AWS calls, see https://smithy.io/2.0/aws/protocols/index.html */
export type Protocol =
  | "awsJson1.0"
  | "awsJson1.1"
  | "query"
  | "ec2Query"
  | "restXml"
  | "restJson"
  | "rpc-v2-cbor";

/** A request as it came in. */
export interface WireRequest {
  readonly method: string;
  /** Path and query exactly as received, still percent-encoded. */
  readonly url: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /**
   * The whole body; or, where `isStreamingInput` says so, a stream of it. `resolveOperation` reads the body only of
   * form-encoded requests (`Action` is in there), so a streaming request can be resolved before its body is read.
   */
  readonly body: Buffer | Readable;
}

/** An answer as it goes out. A `Content-Length` is present exactly when the body is a Buffer or its length is known. */
export interface WireResponse {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Record<string, string>;
  readonly body: Buffer | Readable;
}

/** What can be told of a request before its operation is known; enough to write an error in the right protocol. */
export interface ProtocolGuess {
  readonly protocol: Protocol;
  readonly service?: ServiceId;
  /** The request's method: an answer to HEAD has no body. */
  readonly method: string;
}

/** A request's operation, with its model and the values its route captured. */
export interface ResolvedOperation extends ProtocolGuess {
  readonly service: ServiceId;
  readonly operation: string;
  readonly model: OperationModel;
  readonly serviceModel: ServiceModel;
  /** Values of the labels in the route, percent-decoded: `Bucket`, `Key`. Empty for protocols without routes. */
  readonly labels: Readonly<Record<string, string>>;
  /** The parsed form of a query or ec2Query request, read once to find the operation. */
  readonly form?: ReadonlyMap<string, string>;
}

/** The part of `AwsError` that is written. */
export type AwsErrorLike = Pick<
  import("./aws-error.ts").AwsError,
  "code" | "message" | "status" | "statusGiven" | "fields" | "senderFault"
> &
  Partial<Pick<import("./aws-error.ts").AwsError, "headers">>;
