import type { CallContext } from "../service.ts";
import type { Collection } from "../../store/collection.ts";
import { resourceOf } from "./arns.ts";
import { clientException, clusterNotFound, invalidParameter } from "./faults.ts";
import { containerInstances } from "./instances/state.ts";
import { capacityProviders } from "./providers/state.ts";
import type { EcsHandlers } from "./handlers.ts";
import { clusters, ecsServices, taskDefinitions, tasks, type Tags } from "./state.ts";
import { fromTags, mergeTags, toTags } from "./tags.ts";
import { TEXTS } from "./texts.ts";

/** The collection that an ARN's resource is in. @throws AwsError where the resource does not exist or has no tags */
function taggable(
  context: CallContext,
  arn: string,
): { collection: Collection<{ tags: Tags }>; id: string } {
  const { type, path } = resourceOf(arn);
  if (type === "capacity-provider") {
    const id = path[0] ?? "";
    const collection = context.store.of(capacityProviders) as Collection<{ tags: Tags }>;
    if (collection.has(id)) return { collection, id };
    throw invalidParameter(TEXTS.resourceNotFound());
  }
  const collection = collectionOf(context, arn);
  if (collection.has(arn)) return { collection, id: arn };
  throw type === "cluster" ? clusterNotFound() : invalidParameter(TEXTS.resourceNotFound());
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
    case "container-instance":
      return context.store.of(containerInstances) as Collection<{ tags: Tags }>;
    default:
      throw invalidParameter(TEXTS.identifierInvalid({ identifier: arn }));
  }
}

export const tagHandlers: EcsHandlers = {
  ListTagsForResource({ resourceArn }, context) {
    const { collection, id } = taggable(context, resourceArn);
    return { tags: fromTags(collection.get(id)!.tags) };
  },

  TagResource({ resourceArn, tags }, context) {
    const { collection, id } = taggable(context, resourceArn);
    const before = collection.get(id)!.tags;
    collection.patch(id, { tags: mergeTags(before, toTags(tags)) });
    return {};
  },

  UntagResource({ resourceArn, tagKeys }, context) {
    const { collection, id } = taggable(context, resourceArn);
    const before = collection.get(id)!.tags;
    collection.patch(id, { tags: before.filter(({ key }) => !tagKeys.includes(key)) });
    return {};
  },
};
