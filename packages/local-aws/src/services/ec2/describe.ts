import type { Scope } from "../../store/store.ts";
import { invalidNextToken } from "./faults.ts";
import { type Filter, type FilterTable, toFilterTest } from "./filters.ts";
import { requireResource, type ResourceType } from "./resources.ts";
import type { Tags } from "./state.ts";

/** The part that the Describe operations share. */
export interface DescribeRequest {
  readonly ids?: readonly string[] | undefined;
  readonly Filters?: readonly Filter[] | undefined;
  readonly MaxResults?: number | undefined;
  readonly NextToken?: string | undefined;
}

export interface Page<T> {
  readonly items: readonly Readonly<T>[];
  readonly NextToken?: string;
}

/**
 * What a Describe operation selects: by id (each must exist), by filters, a page at a time.
 * @throws AwsError the type's not-found error, an invalid filter, an invalid token
 */
export function describe<T extends { tags: Tags }>(
  scope: Scope,
  type: ResourceType<T>,
  request: DescribeRequest,
  filters: FilterTable<T>,
): Page<T> {
  const matches = toFilterTest(
    request.Filters,
    filters,
    scope,
    (resource: Readonly<T>) => resource.tags,
  );
  const candidates = request.ids?.length
    ? [...new Set(request.ids)].map((id) => requireResource(scope, type, id))
    : scope.of(type.kind).values();
  return paginate(candidates.filter(matches), request, type.type);
}

/** One page of `items`. Tokens name what they page through, so that one of another operation is refused. */
export function paginate<T>(
  items: readonly Readonly<T>[],
  request: { readonly MaxResults?: number | undefined; readonly NextToken?: string | undefined },
  of: string,
): Page<T> {
  const start = request.NextToken === undefined ? 0 : readToken(request.NextToken, of);
  const end = start + (request.MaxResults ?? items.length);
  const page = items.slice(start, end);
  return end < items.length
    ? { items: page, NextToken: Buffer.from(`${of}:${end}`).toString("base64") }
    : { items: page };
}

function readToken(token: string, of: string): number {
  const [name, offset = ""] = Buffer.from(token, "base64").toString().split(":");
  if (name !== of || !/^\d+$/.test(offset)) throw invalidNextToken(token);
  return Number(offset);
}
