import type { TagFilter } from "@aws-sdk/client-resource-groups-tagging-api";
import { parseArn } from "../../ground/arn.ts";
import type { Handlers } from "../../protocol/typed.ts";
import { tagsByKey } from "../iam/request-tags.ts";
import { cutPage } from "../kit/pages.ts";
import type { TagsByKey } from "../kit/tagging.ts";
import type { CallContext, Service } from "../service.ts";
import { invalidParameter } from "./faults.ts";

type TaggingHandlers = Handlers<
  typeof import("@aws-sdk/client-resource-groups-tagging-api"),
  CallContext
>;

/** How many keys or values are told at once. */
const PAGE = 1000;
/** https://docs.aws.amazon.com/resourcegroupstagging/latest/APIReference/API_GetResources.html */
const RESOURCES_PER_PAGE = { usual: 50, most: 100 };
const TAGS_PER_PAGE = { least: 100, most: 500 };

/** What finds resources by their tags. */
export const findHandlers = (services: readonly Service[]): TaggingHandlers => ({
  GetResources(input, context) {
    const { ResourceARNList: arns, TagFilters = [], ResourceTypeFilters: types = [] } = input;
    checkTogether(input);
    const found = allTagged(services, context).filter(
      (one) =>
        (!arns || arns.includes(one.arn)) &&
        (types.length === 0 || types.some((type) => isOfType(one, type))) &&
        TagFilters.every((filter) => passes(one, filter)),
    );
    const cut = (size: number) =>
      cutPage(found, {
        key: ({ arn }) => arn,
        size,
        token: input.PaginationToken || undefined,
        of: "resources",
        invalid: invalidToken,
      });
    const most = cut(input.ResourcesPerPage ?? RESOURCES_PER_PAGE.usual).items;
    const { items, next } = cut(fitting(most, input.TagsPerPage));
    const ResourceTagMappingList = items.map(({ arn, tags }) => ({
      ResourceARN: arn,
      Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
    }));
    return { ResourceTagMappingList, PaginationToken: next ?? "" };
  },

  GetTagKeys({ PaginationToken }, context) {
    const keys = allTagged(services, context).flatMap(({ tags }) => Object.keys(tags));
    const { items, next } = page(keys, PaginationToken, "keys");
    return { TagKeys: items, PaginationToken: next };
  },

  GetTagValues({ Key, PaginationToken }, context) {
    const values = allTagged(services, context).flatMap(({ tags }) => tags[Key] ?? []);
    const { items, next } = page(values, PaginationToken, `values of ${Key}`);
    return { TagValues: items, PaginationToken: next };
  },
});

function page(all: readonly string[], token: string | undefined, of: string) {
  const { items, next = "" } = cutPage([...new Set(all)].toSorted(), {
    key: (item) => item,
    size: PAGE,
    token: token || undefined,
    of,
    invalid: invalidToken,
  });
  return { items, next };
}

const invalidToken = () => invalidParameter("The specified pagination token is not valid.");

interface Asked {
  readonly ResourceARNList?: readonly string[] | undefined;
  readonly ResourceTypeFilters?: readonly string[] | undefined;
  readonly ResourcesPerPage?: number | undefined;
  readonly TagsPerPage?: number | undefined;
  readonly PaginationToken?: string | undefined;
}

/** @throws AwsError `InvalidParameterException` for what cannot be asked together, or is out of its range */
function checkTogether(asked: Asked): void {
  const { ResourceARNList, ResourceTypeFilters, ResourcesPerPage, TagsPerPage } = asked;
  const paging = ResourcesPerPage ?? TagsPerPage ?? (asked.PaginationToken || undefined);
  if (ResourceARNList && (ResourceTypeFilters?.length || paging !== undefined))
    throw invalidParameter(
      "ResourceARNList cannot be specified together with ResourceTypeFilters or any of the pagination parameters.",
    );
  if (ResourcesPerPage !== undefined && !isWithin(ResourcesPerPage, 1, RESOURCES_PER_PAGE.most))
    throw invalidParameter("ResourcesPerPage must be a number from 1 to 100.");
  const { least, most } = TAGS_PER_PAGE;
  if (TagsPerPage !== undefined && !(isWithin(TagsPerPage, least, most) && TagsPerPage % 100 === 0))
    throw invalidParameter("TagsPerPage must be a multiple of 100 from 100 to 500.");
}

const isWithin = (value: number, least: number, most: number) => value >= least && value <= most;

/** How many of these have no more tags than a page can. Resources are not torn apart: the page ends before. */
function fitting(found: readonly Tagged[], tagsPerPage = Infinity): number {
  let left = tagsPerPage;
  const size = found.findIndex(({ tags }) => (left -= Object.keys(tags).length) < 0);
  return size === -1 ? found.length : size;
}

/** `ecs` is every resource of the service, `ecs:service` those of a type. */
const isOfType = ({ type }: Tagged, wanted: string) =>
  type === wanted || type.slice(0, type.indexOf(":")) === wanted;

/** A filter without values asks for the key alone. */
function passes({ tags }: Tagged, { Key, Values = [] }: TagFilter): boolean {
  const value = Key === undefined ? undefined : tags[Key];
  return value !== undefined && (Values.length === 0 || Values.includes(value));
}

/** Where resources are told of that are in no region. */
const HOME_OF_GLOBAL = "us-east-1";

/** A resource that has tags. */
interface Tagged {
  readonly arn: string;
  /** Such as `ecs:service`: what resource type filters name. */
  readonly type: string;
  readonly tags: TagsByKey;
}

/** All resources of the caller's account and region that have tags, in the order of their ARNs. */
function allTagged(services: readonly Service[], { store }: CallContext): Tagged[] {
  return services
    .flatMap(({ tagging }) => tagging?.kinds ?? [])
    .flatMap((kind) => kind(store))
    .filter(({ region }) => (region || HOME_OF_GLOBAL) === store.region)
    .map(({ arn, kind, tags }) => ({ arn, type: typeOf(arn, kind), tags: tagsByKey(tags) }))
    .filter(({ tags }) => Object.keys(tags).length > 0)
    .toSorted((a, b) => (a.arn < b.arn ? -1 : 1));
}

/** As the ARN says, or the kind where it does not: a queue's ends with its name. */
function typeOf(arn: string, kind: string): string {
  const { service = "", resource = "" } = parseArn(arn) ?? {};
  const [, named = kind] = /^([^/:]+)[/:]/.exec(resource) ?? [];
  return `${service}:${named}`;
}
