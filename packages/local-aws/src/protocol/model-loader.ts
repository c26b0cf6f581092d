import { readFileSync } from "node:fs";
import type { MemberJson, ModelJson, ServiceRow, ShapeJson, StructJson } from "./model-json.ts";
import type {
  Binding,
  ErrorModel,
  HttpTrait,
  ListShape,
  MapShape,
  Member,
  OperationModel,
  ServiceModel,
  Shape,
  SimpleShape,
  StructShape,
} from "./model.ts";
import type { ServiceId } from "./service-id.ts";

/** The shape of an operation that takes or gives nothing. */
const EMPTY: StructShape = {
  kind: "structure",
  name: "Unit",
  members: [],
  byName: new Map(),
  xmlName: "Unit",
};

/** Reads a service's model from `models/` and builds operations as they are asked for. */
export function loadModel(id: ServiceId, row: ServiceRow): ServiceModel {
  const file = new URL(`../models/${id}.json`, import.meta.url);
  return new LoadedModel(id, row, JSON.parse(readFileSync(file, "utf8")) as ModelJson);
}

class LoadedModel implements ServiceModel {
  readonly id: ServiceId;
  readonly protocols: ServiceRow["protocols"];
  readonly signingName: string;
  readonly target: string;
  readonly version: string;
  readonly xmlNamespace: string;
  readonly #json: ModelJson;
  readonly #shapes: (Shape | undefined)[] = [];
  readonly #operations = new Map<string, OperationModel>();
  #errors: ReadonlyMap<string, ErrorModel> | undefined;

  constructor(id: ServiceId, row: ServiceRow, json: ModelJson) {
    this.id = id;
    this.protocols = row.protocols;
    this.signingName = row.signingName;
    this.target = row.target;
    this.version = row.version;
    this.xmlNamespace = row.xmlNamespace;
    this.#json = json;
  }

  get operationNames(): readonly string[] {
    return Object.keys(this.#json.operations);
  }

  get errorNames(): readonly string[] {
    return Object.keys(this.#json.errors);
  }

  route(operation: string): HttpTrait | undefined {
    const http = this.#row(operation)?.[2];
    return http && { method: http[0], uri: http[1], status: http[2] };
  }

  operation(name: string): OperationModel | undefined {
    const known = this.#operations.get(name);
    if (known !== undefined) return known;
    const row = this.#row(name);
    if (row === undefined) return undefined;
    const model: OperationModel = {
      name,
      input: this.#document(row[0]),
      output: this.#document(row[1]),
      http: this.route(name),
    };
    this.#operations.set(name, model);
    return model;
  }

  error(code: string): ErrorModel | undefined {
    this.#errors ??= this.#indexErrors();
    return this.#errors.get(code);
  }

  #row(operation: string): ModelJson["operations"][string] | undefined {
    return Object.hasOwn(this.#json.operations, operation)
      ? this.#json.operations[operation]
      : undefined;
  }

  /** By shape name, and by wire code where no shape has that name. */
  #indexErrors(): ReadonlyMap<string, ErrorModel> {
    const index = new Map<string, ErrorModel>();
    for (const [name, [shape, code, status]] of Object.entries(this.#json.errors)) {
      const model = { name, code, status, shape: this.#document(shape) };
      if (!index.has(code)) index.set(code, model);
      index.set(name, model);
    }
    return index;
  }

  #document(index: number): StructShape {
    return index < 0 ? EMPTY : (this.#shape(index) as StructShape);
  }

  /** Builds a shape once. A structure is registered before its members, which may refer back to it. */
  #shape(index: number): Shape {
    const known = this.#shapes[index];
    if (known !== undefined) return known;
    const json = this.#json.shapes[index];
    if (json === undefined) throw new Error(`Model ${this.id} has no shape ${index}`);
    if ("m" in json) return this.#struct(index, json);
    const shape = this.#plain(json);
    this.#shapes[index] = shape;
    return shape;
  }

  #struct(index: number, json: StructJson): StructShape {
    const members: Member[] = [];
    const byName = new Map<string, Member>();
    const shape: StructShape = {
      kind: json.k,
      name: json.n,
      members,
      byName,
      xmlName: json.x ?? json.n,
    };
    this.#shapes[index] = shape;
    for (const [at, [name, ref, traits]] of json.m.entries()) {
      const member = toMember(name, this.#shape(ref), at < (json.r ?? 0), traits ?? {});
      members.push(member);
      byName.set(name, member);
    }
    return shape;
  }

  #plain(json: Exclude<ShapeJson, StructJson>): Shape {
    const limits = { enum: json.enum, min: json.min, max: json.max, pattern: json.pattern };
    if ("v" in json) {
      const names = { keyName: json.in ?? "key", valueName: json.vn ?? "value" };
      return {
        kind: "map",
        key: this.#shape(json.i),
        value: this.#shape(json.v),
        ...names,
        ...limits,
      } as MapShape;
    }
    if ("i" in json) {
      return {
        kind: "list",
        item: this.#shape(json.i),
        itemName: json.in ?? "member",
        ...limits,
      } as ListShape;
    }
    return { kind: json.k, format: json.f ?? "default", ...limits } as SimpleShape;
  }
}

function toMember(name: string, shape: Shape, required: boolean, json: MemberJson): Member {
  const xmlName = json.x ?? name;
  return {
    name,
    shape,
    required,
    xmlName,
    flattened: json.fl === 1,
    xmlAttribute: json.at === 1,
    xmlNamespace: json.ns,
    ec2Name: json.e ?? xmlName.charAt(0).toUpperCase() + xmlName.slice(1),
    binding: (json.b ?? "body") as Binding,
    bindingName: json.bn ?? "",
    idempotencyToken: json.it === 1,
    sensitive: json.se === 1,
  };
}
