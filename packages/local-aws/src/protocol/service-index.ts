import services from "../models/services.json" with { type: "json" };
import type { ServiceRow } from "./model-json.ts";
import { loadModel } from "./model-loader.ts";
import type { ServiceModel, HttpTrait, Member } from "./model.ts";
import { OtherServices } from "./other-services.ts";
import { modelled, SERVICE_IDS, type ServiceId } from "./service-id.ts";

/** The name that calls about S3's directory buckets are signed for. */
export const S3_EXPRESS = "s3express";
/** The name that answers of an object lambda are signed for; their host names a route, not a bucket. */
export const S3_OBJECT_LAMBDA = "s3-object-lambda";
/** Other names that S3's operations are signed for. */
export const S3_SIGNING_NAMES: ReadonlySet<string> = new Set([
  S3_EXPRESS,
  S3_OBJECT_LAMBDA,
  "s3-outposts",
]);

/** Finds services by what a request says of them, and keeps the models that were needed so far. */
export class ServiceIndex {
  /** The services of AWS that are not modelled. */
  readonly others = new OtherServices();
  readonly #rows = services as Readonly<Record<ServiceId, ServiceRow>>;
  readonly #byTarget = new Map<string, ServiceId>();
  readonly #bySigningName = new Map<string, ServiceId>();
  readonly #byVersion = new Map<string, ServiceId>();
  readonly #models = new Map<ServiceId, ServiceModel>();
  readonly #routes = new Map<ServiceId, RouteTable>();

  constructor() {
    for (const id of SERVICE_IDS) {
      const { target, signingName, version, protocols } = this.#rows[id];
      this.#byTarget.set(target, id);
      const { otherTarget } = modelled(id);
      if (otherTarget !== undefined) this.#byTarget.set(otherTarget, id);
      this.#bySigningName.set(signingName, id);
      if (protocols.some((protocol) => protocol === "query" || protocol === "ec2Query"))
        this.#byVersion.set(version, id);
    }
  }

  /** How the service is recognised; costs no model. */
  row(id: ServiceId): ServiceRow {
    return this.#rows[id];
  }

  /** By the prefix of `X-Amz-Target`, or the service's name in an RPC v2 path. */
  byTarget(target: string): ServiceId | undefined {
    return this.#byTarget.get(target);
  }

  /** By the service in the SigV4 credential scope. */
  bySigningName(name: string): ServiceId | undefined {
    return this.#bySigningName.get(S3_SIGNING_NAMES.has(name) ? "s3" : name);
  }

  /** By the API version of a query request: no two of these services share one. */
  byVersion(version: string): ServiceId | undefined {
    return this.#byVersion.get(version);
  }

  /** The model of a service, read at its first use. */
  model(id: ServiceId): ServiceModel {
    let model = this.#models.get(id);
    if (model === undefined) this.#models.set(id, (model = loadModel(id, this.#rows[id])));
    return model;
  }

  /** The routes of a REST service, built at their first use. */
  routes(id: ServiceId): RouteTable {
    let routes = this.#routes.get(id);
    if (routes === undefined) this.#routes.set(id, (routes = new RouteTable(this.model(id))));
    return routes;
  }
}

interface Segment {
  readonly literal?: string;
  readonly label?: string;
}

interface Route {
  readonly operation: string;
  readonly method: string;
  readonly segments: readonly Segment[];
  /** The last label takes the rest of the path, slashes included. */
  readonly greedy: boolean;
  /** Query keys that must be there, with the value they must have where the route says one. */
  readonly query: readonly (readonly [key: string, value: string | undefined])[];
  readonly headers: readonly string[];
  readonly specificity: number;
}

interface RouteMatch {
  readonly operation: string;
  readonly labels: Record<string, string>;
}

/**
 * The S3 model's routes leave the bucket out, because the SDK puts it into the host or in front of the path; and
 * `x-id` is a hint that only some clients send.
 */
const CLIENT_HINT = "x-id";

/** Its route is `ListBuckets`', at a host of its own; `resolve` tells them apart by the signature's scope. */
const WITHOUT_ROUTE: ReadonlySet<string> = new Set(["ListDirectoryBuckets"]);

/** The routes of a REST service, most specific first. */
class RouteTable {
  readonly #routes: readonly Route[];

  constructor(model: ServiceModel) {
    this.#routes = model.operationNames
      .filter((name) => !WITHOUT_ROUTE.has(name))
      .flatMap((name) => toRoute(model, name))
      .toSorted((a, b) => b.specificity - a.specificity);
  }

  /** Finds the operation of a request. `path` is still percent-encoded; labels are decoded. Throws `URIError`. */
  match(
    method: string,
    path: string,
    query: ReadonlyMap<string, readonly string[]>,
    headers: Readonly<Record<string, string>>,
  ): RouteMatch | undefined {
    const parts = path.slice(1).split("/");
    for (const route of this.#routes) {
      if (route.method !== method) continue;
      const labels = matchPath(route, parts);
      if (labels === undefined) continue;
      if (!route.query.every(([key, value]) => hasQuery(query.get(key), value))) continue;
      if (route.headers.every((name) => headers[name] !== undefined))
        return { operation: route.operation, labels };
    }
    return undefined;
  }
}

function hasQuery(found: readonly string[] | undefined, wanted: string | undefined): boolean {
  return found !== undefined && (wanted === undefined || found[0] === wanted);
}

function toRoute(model: ServiceModel, operation: string): Route[] {
  const http = model.route(operation);
  const members = model.operation(operation)?.input.members ?? [];
  if (http === undefined) return [];
  const [path = "/", queryString = ""] = uriOf(http, members).split("?");
  const segments = path.slice(1).split("/").map(toSegment);
  const literals = queryString
    .split("&")
    .filter((pair) => pair !== "" && !pair.startsWith(`${CLIENT_HINT}=`));
  const required = members.filter((member) => member.required && member.binding === "query");
  const headers = members.filter((member) => member.required && member.binding === "header");
  const query = [
    ...literals.map(toLiteral),
    ...required.map(({ bindingName }) => [bindingName, undefined] as const),
  ];
  const fixed = segments.filter(({ literal }) => literal !== undefined).length;
  return [
    {
      operation,
      method: http.method,
      segments,
      greedy: path.endsWith("+}"),
      query,
      headers: headers.map(({ bindingName }) => bindingName),
      specificity:
        fixed * 10_000 +
        segments.length * 1_000 +
        literals.length * 100 +
        query.length * 10 +
        headers.length,
    },
  ];
}

function uriOf(http: HttpTrait, members: readonly Member[]): string {
  const hasBucket = members.some(({ name, binding }) => name === "Bucket" && binding === "label");
  if (!hasBucket || http.uri.includes("{Bucket}")) return http.uri;
  return http.uri.startsWith("/?") || http.uri === "/"
    ? `/{Bucket}${http.uri.slice(1)}`
    : `/{Bucket}${http.uri}`;
}

function toSegment(text: string): Segment {
  const label = /^\{([^}+]+)\+?\}$/.exec(text)?.[1];
  return label === undefined ? { literal: text } : { label };
}

function toLiteral(pair: string): readonly [string, string | undefined] {
  const equals = pair.indexOf("=");
  return equals < 0 ? [pair, undefined] : [pair.slice(0, equals), pair.slice(equals + 1)];
}

function matchPath(route: Route, parts: readonly string[]): Record<string, string> | undefined {
  const { segments, greedy } = route;
  if (greedy ? parts.length < segments.length : parts.length !== segments.length) return undefined;
  const labels: Record<string, string> = {};
  for (const [at, { literal, label }] of segments.entries()) {
    const part =
      greedy && at === segments.length - 1 ? parts.slice(at).join("/") : (parts[at] as string);
    if (label === undefined) {
      if (part !== literal) return undefined;
    } else if (part === "") return undefined;
    else labels[label] = decodeURIComponent(part);
  }
  return labels;
}
