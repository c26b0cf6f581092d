import type { HttpTrait, Member, ServiceModel } from "./model.ts";

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

export interface RouteMatch {
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
export class RouteTable {
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
