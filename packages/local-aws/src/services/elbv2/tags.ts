import type { Tag } from "@aws-sdk/client-elastic-load-balancing-v2";
import type { Scope } from "../../store/store.ts";
import type { Collection } from "../../store/collection.ts";
import { layTags, type TagRules } from "../kit/tags.ts";
import type { Elbv2Handlers } from "./handlers.ts";
import { listeners, loadBalancers, rules, targetGroups } from "./state.ts";
import {
  checkCount,
  listenerNotFound,
  loadBalancerNotFound,
  ruleNotFound,
  severalTagged,
  tagKeyTwice,
  targetGroupNotFound,
  tooManyTags,
  validationError,
} from "./faults.ts";

type Tags = Readonly<Record<string, string>>;

const RULES: TagRules = {
  reserved: () => validationError("Tag keys starting with 'aws:' are reserved for system use"),
  twice: tagKeyTwice,
  tooMany: tooManyTags,
};

const toList = (tags: Tags) => Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));

/**
 * `before` with those of a call laid over them.
 * @throws AwsError DuplicateTagKeys, TooManyTags, ValidationError (reserved prefix)
 */
export function withTags(before: Tags, given: readonly Tag[] | undefined): Tags {
  const laid = layTags(toList(before), given ?? [], RULES);
  return Object.fromEntries(laid.map(({ Key, Value }) => [Key, Value]));
}

interface Tagged {
  tags: Tags;
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
    if (ResourceArns.length > 1) throw severalTagged();
    for (const arn of ResourceArns) {
      const collection = holder(store, arn);
      collection.patch(arn, { tags: withTags(collection.get(arn)!.tags, Tags) });
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
    checkCount("resources", ResourceArns);
    return {
      TagDescriptions: ResourceArns.map((arn) => ({
        ResourceArn: arn,
        Tags: toList(holder(store, arn).get(arn)!.tags),
      })),
    };
  },
};
