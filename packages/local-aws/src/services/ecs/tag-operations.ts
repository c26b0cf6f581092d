import type { CallContext } from "../service.ts";
import type { Collection } from "../../store/collection.ts";
import { resourceOf } from "./arns.ts";
import { clientException, clusterNotFound, invalidParameter } from "./faults.ts";
import type { EcsHandlers } from "./handlers.ts";
import { clusters, ecsServices, taskDefinitions, tasks, type Tags } from "./state.ts";
import { fromTags, mergeTags, toTags } from "./tags.ts";
import { TEXTS } from "./texts.ts";

/** The collection that an ARN's resource is in. @throws AwsError where the resource does not exist or has no tags */
function taggable(context: CallContext, arn: string): Collection<{ tags: Tags }> {
  const collection = collectionOf(context, arn);
  if (collection.has(arn)) return collection;
  throw resourceOf(arn).type === "cluster"
    ? clusterNotFound()
    : invalidParameter(TEXTS.resourceNotFound());
}

function collectionOf(context: CallContext, arn: string): Collection<{ tags: Tags }> {
  const { type, path } = resourceOf(arn);
  switch (type) {
    case "cluster":
      return context.store.of(clusters) as Collection<{ tags: Tags }>;
    case "service":
      if (path.length < 2) throw clientException(TEXTS.identifierLength());
      return context.store.of(ecsServices) as Collection<{ tags: Tags }>;
    case "task-definition":
      return context.store.of(taskDefinitions) as Collection<{ tags: Tags }>;
    case "task":
      return context.store.of(tasks) as Collection<{ tags: Tags }>;
    default:
      throw invalidParameter(TEXTS.identifierInvalid({ identifier: arn }));
  }
}

export const tagHandlers: EcsHandlers = {
  ListTagsForResource({ resourceArn }, context) {
    return { tags: fromTags(taggable(context, resourceArn).get(resourceArn)!.tags) };
  },

  TagResource({ resourceArn, tags }, context) {
    const collection = taggable(context, resourceArn);
    const before = collection.get(resourceArn)!.tags;
    collection.patch(resourceArn, { tags: mergeTags(before, toTags(tags)) });
    return {};
  },

  UntagResource({ resourceArn, tagKeys }, context) {
    const collection = taggable(context, resourceArn);
    const before = collection.get(resourceArn)!.tags;
    collection.patch(resourceArn, { tags: before.filter(({ key }) => !tagKeys.includes(key)) });
    return {};
  },
};
