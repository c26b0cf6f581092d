import type { Tag } from "@aws-sdk/client-elastic-load-balancing-v2";
import type { Scope } from "../../store/store.ts";
import type { Collection } from "../../store/collection.ts";
import type { Elbv2Handlers } from "./handlers.ts";
import { listeners, loadBalancers, rules, targetGroups } from "./state.ts";
import {
  listenerNotFound,
  loadBalancerNotFound,
  ruleNotFound,
  tagKeyTwice,
  targetGroupNotFound,
  tooManyTags,
  validationError,
} from "./faults.ts";

const MOST_TAGS = 50;

/**
 * Reads the tags of a create call.
 * @throws AwsError DuplicateTagKeys, TooManyTags, ValidationError (reserved prefix)
 */
export function tagsOf(tags: readonly Tag[] | undefined): Record<string, string> {
  const read: Record<string, string> = {};
  for (const { Key, Value } of tags ?? []) {
    const key = Key ?? "";
    if (key in read) throw tagKeyTwice(key);
    if (key.toLowerCase().startsWith("aws:"))
      throw validationError("Tag keys starting with 'aws:' are reserved for system use");
    read[key] = Value ?? "";
  }
  if (Object.keys(read).length > MOST_TAGS) throw tooManyTags();
  return read;
}

interface Tagged {
  tags: Readonly<Record<string, string>>;
}

/** The collection that holds the resource with this ARN. */
function holder(scope: Scope, arn: string): Collection<Tagged> {
  const kinds: [string, Collection<Tagged>, () => Error][] = [
    [":loadbalancer/", scope.of(loadBalancers) as Collection<Tagged>, () => loadBalancerNotFound()],
    [":targetgroup/", scope.of(targetGroups) as Collection<Tagged>, () => targetGroupNotFound()],
    [":listener/", scope.of(listeners) as Collection<Tagged>, listenerNotFound],
    [":listener-rule/", scope.of(rules) as Collection<Tagged>, ruleNotFound],
  ];
  for (const [part, collection, notFound] of kinds) {
    if (!arn.includes(part)) continue;
    if (!collection.has(arn)) throw notFound();
    return collection;
  }
  throw validationError(`'${arn}' is not a valid resource ARN`);
}

export const tagHandlers: Elbv2Handlers = {
  AddTags({ ResourceArns, Tags }, { store }) {
    const added = tagsOf(Tags);
    for (const arn of ResourceArns) {
      const collection = holder(store, arn);
      const tags = { ...collection.get(arn)!.tags, ...added };
      if (Object.keys(tags).length > MOST_TAGS) throw tooManyTags();
      collection.patch(arn, { tags });
    }
    return {};
  },

  RemoveTags({ ResourceArns, TagKeys }, { store }) {
    for (const arn of ResourceArns) {
      const collection = holder(store, arn);
      const kept = Object.entries(collection.get(arn)!.tags).filter(
        ([key]) => !TagKeys.includes(key),
      );
      collection.patch(arn, { tags: Object.fromEntries(kept) });
    }
    return {};
  },

  DescribeTags({ ResourceArns }, { store }) {
    return {
      TagDescriptions: ResourceArns.map((arn) => ({
        ResourceArn: arn,
        Tags: Object.entries(holder(store, arn).get(arn)!.tags).map(([Key, Value]) => ({
          Key,
          Value,
        })),
      })),
    };
  },
};
