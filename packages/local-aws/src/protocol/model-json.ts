import type { Protocol } from "./wire-types.ts";

/**
 * The written form of a model, `models/<service>.json`. Shapes stand in one list and refer to each other by index; equal
 * anonymous shapes are written once. Field names are short because EC2 has thousands of members.
 */
export interface ModelJson {
  readonly shapes: readonly ShapeJson[];
  /** Input shape, output shape (-1 for none) and, in REST protocols, `[method, uri, status]`. */
  readonly operations: Readonly<
    Record<string, readonly [input: number, output: number, http?: HttpJson]>
  >;
  /** Shape, code on the wire of the query protocols, HTTP status, by the error's shape name. */
  readonly errors: Readonly<Record<string, readonly [shape: number, code: string, status: number]>>;
}

export type HttpJson = readonly [method: string, uri: string, status: number];

export type ShapeJson = SimpleJson | ListJson | MapJson | StructJson;

export interface ConstraintsJson {
  readonly enum?: readonly string[];
  readonly min?: number;
  readonly max?: number;
  readonly pattern?: string;
}

export interface SimpleJson extends ConstraintsJson {
  /** Kind, as `SimpleKind` in model.ts. */
  readonly k: string;
  /** Timestamp format, where it is not the protocol's own. */
  readonly f?: string;
}

export interface ListJson extends ConstraintsJson {
  readonly k: "list";
  /** Item shape, and its XML element name where it is not `member`. */
  readonly i: number;
  readonly in?: string;
}

export interface MapJson extends ConstraintsJson {
  readonly k: "map";
  /** Key and value shapes, and their XML element names where they are not `key` and `value`. */
  readonly i: number;
  readonly v: number;
  readonly in?: string;
  readonly vn?: string;
}

export interface StructJson {
  readonly k: "structure" | "union";
  readonly n: string;
  /** XML element name of the document, where it is not the shape's name. */
  readonly x?: string;
  /** How many members, from the first, are required. */
  readonly r?: number;
  readonly m: readonly (readonly [name: string, shape: number, traits?: MemberJson])[];
}

export interface MemberJson {
  /** xmlName, ec2QueryName, binding and its header or query name. */
  readonly x?: string;
  readonly e?: string;
  readonly b?: string;
  readonly bn?: string;
  /** xmlNamespace as `[prefix, uri]`. */
  readonly ns?: readonly [string, string];
  /** 1 where flattened, an XML attribute, an idempotency token, sensitive. */
  readonly fl?: 1;
  readonly at?: 1;
  readonly it?: 1;
  readonly se?: 1;
}

/** One row of `models/services.json`: how a request for a service is recognised, without its model. */
export interface ServiceRow {
  /** The SDK's own protocol first. */
  readonly protocols: readonly Protocol[];
  readonly signingName: string;
  /** Prefix of `X-Amz-Target`, and the service's name in an RPC v2 path. */
  readonly target: string;
  readonly version: string;
  readonly xmlNamespace: string;
}
