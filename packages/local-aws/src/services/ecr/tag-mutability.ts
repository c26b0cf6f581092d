import { Glob } from "../../patterns/glob.ts";
import { AwsError } from "../../protocol/aws-error.ts";
import type { Repository } from "./state.ts";

const MAX_FILTERS = 5;
const MAX_WILDCARDS = 2;

type Filters = Repository["imageTagMutabilityExclusionFilters"];

/**
 * The filters that go with a mode: tags that they name are exempt from it.
 * @throws AwsError `InvalidParameterException` where the mode and the filters do not go together
 * @see https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-tag-mutability.html
 */
export function exclusionFilters(
  mode: string,
  given: readonly { filterType: string | undefined; filter: string | undefined }[] | undefined,
): Filters {
  const filters = given?.map(({ filterType = "", filter = "" }) => ({ filterType, filter }));
  const isExcluding = mode.endsWith("_WITH_EXCLUSION");
  if (!isExcluding && filters?.length)
    throw invalid(`Exclusion filters cannot be specified with ${mode}`);
  if (!isExcluding) return undefined;
  if (!filters?.length) throw invalid(`Exclusion filters must be specified with ${mode}`);
  if (filters.length > MAX_FILTERS)
    throw invalid(`At most ${MAX_FILTERS} exclusion filters can be specified`);
  for (const { filter } of filters)
    if (filter.split("*").length - 1 > MAX_WILDCARDS)
      throw invalid(`The filter '${filter}' has more than ${MAX_WILDCARDS} wildcards`);
  return filters;
}

/** Whether `tag`, once given, stays with its image. */
export function isImmutable(repository: Readonly<Repository>, tag: string): boolean {
  const { imageTagMutability, imageTagMutabilityExclusionFilters = [] } = repository;
  const isExcluded = imageTagMutabilityExclusionFilters.some(({ filter }) =>
    new Glob(filter, { one: false }).matches(tag),
  );
  return imageTagMutability.startsWith("IMMUTABLE") !== isExcluded;
}

function invalid(reason: string): AwsError {
  return new AwsError(
    "InvalidParameterException",
    `Invalid parameter at 'imageTagMutabilityExclusionFilters' failed to satisfy constraint: '${reason}'`,
  );
}
