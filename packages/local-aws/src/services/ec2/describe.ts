import { cutPage } from "../kit/pages.ts";
import type { Scope } from "../../store/store.ts";
import { invalidNextToken } from "./faults.ts";
import { type Filter, type FilterTable, toFilterTest } from "./filters.ts";
import { checkId, requireResource, type ResourceType } from "./resources.ts";
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
  readonly NextToken?: string | undefined;
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
  const ids = request.ids?.length ? [...new Set(request.ids)] : scope.of(type.kind).ids();
  // What cannot be an id is told before what is not there.
  for (const id of request.ids ?? []) checkId(type, id);
  const found = ids
    .map((id) => ({ id, resource: requireResource(scope, type, id) }))
    .filter(({ resource }) => matches(resource));
  const { items, NextToken } = paginate(found, request, type.type, ({ id }) => id);
  return { items: items.map(({ resource }) => resource), NextToken };
}

/** One page of `items`, which `key` tells apart and puts in order. */
export function paginate<T>(
  items: readonly Readonly<T>[],
  request: { readonly MaxResults?: number | undefined; readonly NextToken?: string | undefined },
  of: string,
  key: (item: Readonly<T>) => string,
): Page<T> {
  const { NextToken: token } = request;
  const invalid = () => invalidNextToken(token ?? "");
  const size = request.MaxResults ?? items.length;
  const cut = cutPage(items, { key, size, token, of, invalid });
  return { items: cut.items, NextToken: cut.next };
}
