import type { ServiceId } from "./service-id.ts";
import type { ServiceRow } from "./model-json.ts";

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
}

export interface MapShape extends Constraints {
  readonly kind: "map";
  readonly key: Shape;
  readonly value: Shape;
  readonly keyName: string;
  readonly valueName: string;
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
  readonly shape: StructShape;
}

export interface ServiceModel extends ServiceRow {
  readonly id: ServiceId;
  readonly operationNames: readonly string[];
  /** Shape names of the modelled errors. */
  readonly errorNames: readonly string[];
  /** Route of an operation in a REST protocol, without building its shapes. */
  route(operation: string): HttpTrait | undefined;
  /** The operation of a name, or undefined. */
  operation(name: string): OperationModel | undefined;
  /** The error of a shape name or of a code on the wire, or undefined where the service models none. */
  error(code: string): ErrorModel | undefined;
}
