import type { ServiceId } from "./service-id.ts";
import type { Protocol } from "./wire-types.ts";

/** Kinds of simple values. `streamingBlob` is never held in memory. */
export type SimpleKind =
  | "string"
  | "boolean"
  | "integer"
  | "long"
  | "float"
  | "double"
  | "number"
  | "bigInteger"
  | "bigDecimal"
  | "timestamp"
  | "blob"
  | "streamingBlob"
  | "document"
  | "eventStream";

/** A timestamp's form on the wire; `default` is the protocol's own. */
export type TimestampFormat = "default" | "date-time" | "http-date" | "epoch-seconds";

/** What AWS checks of a value; lengths count characters, bytes or items, ranges bound numbers. */
export interface Constraints {
  readonly enum?: readonly string[];
  readonly min?: number;
  readonly max?: number;
  readonly pattern?: string;
}

export interface SimpleShape extends Constraints {
  readonly kind: SimpleKind;
  readonly format: TimestampFormat;
}

export interface ListShape extends Constraints {
  readonly kind: "list";
  readonly item: Shape;
  /** Element name of an item in XML. */
  readonly itemName: string;
  readonly sparse: boolean;
  readonly flattened: boolean;
}

export interface MapShape extends Constraints {
  readonly kind: "map";
  readonly key: Shape;
  readonly value: Shape;
  readonly keyName: string;
  readonly valueName: string;
  readonly sparse: boolean;
  readonly flattened: boolean;
}

export interface StructShape extends Constraints {
  readonly kind: "structure" | "union";
  readonly name: string;
  readonly members: readonly Member[];
  readonly byName: ReadonlyMap<string, Member>;
  /** Element name of the structure as a document of its own. */
  readonly xmlName: string;
}

export type Shape = SimpleShape | ListShape | MapShape | StructShape;

/** Where a member travels in a REST protocol. */
export type Binding =
  | "body"
  | "label"
  | "query"
  | "queryParams"
  | "header"
  | "prefixHeaders"
  | "payload"
  | "statusCode";

export interface Member {
  readonly name: string;
  /** Read lazily through the loader, because shapes refer to each other. */
  readonly shape: Shape;
  readonly required: boolean;
  /** Name in JSON and CBOR: the member's own name. */
  readonly xmlName: string;
  readonly flattened: boolean;
  readonly xmlAttribute: boolean;
  readonly xmlNamespace?: readonly [prefix: string, uri: string];
  /** Key in an EC2 query. */
  readonly ec2Name: string;
  readonly binding: Binding;
  /** Header, prefix or query name where `binding` has one. */
  readonly bindingName: string;
  readonly idempotencyToken: boolean;
  readonly sensitive: boolean;
}

export interface HttpTrait {
  readonly method: string;
  /** URI template such as `/{Bucket}/{Key+}?uploads`. */
  readonly uri: string;
  readonly status: number;
}

export interface OperationModel {
  readonly name: string;
  readonly input: StructShape;
  readonly output: StructShape;
  readonly http?: HttpTrait;
}

export interface ErrorModel {
  readonly name: string;
  /** Code on the wire of the query protocols, from `awsQueryError`; the shape's name without one. */
  readonly code: string;
  readonly status: number;
  readonly sender: boolean;
  readonly shape: StructShape;
}

export interface ServiceModel {
  readonly id: ServiceId;
  readonly protocols: readonly Protocol[];
  readonly xmlNamespace: string;
  readonly version: string;
  readonly operations: ReadonlyMap<string, OperationModel>;
  /** Errors by shape name and by wire code. */
  readonly errors: ReadonlyMap<string, ErrorModel>;
}
