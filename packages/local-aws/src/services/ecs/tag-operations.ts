import type { CallContext } from "../service.ts";
import type { Collection } from "../../store/collection.ts";
import { resourceOf } from "./arns.ts";
import { clientException, clusterNotFound, invalidParameter } from "./faults.ts";
import { containerInstances } from "./instances/state.ts";
import { capacityProviders } from "./providers/state.ts";
import type { EcsHandlers } from "./handlers.ts";
import { clusters, ecsServices, taskDefinitions, tasks, type Tags } from "./state.ts";
import { findTaskSetByArn } from "./task-sets/task-set.ts";
import { fromTags, mergeTags, toTags } from "./tags.ts";
import { TEXTS } from "./texts.ts";

/** What has tags, and how to give it others. */
interface Tagged {
  readonly tags: Tags;
  set(tags: Tags): void;
}

/** What an ARN names. @throws AwsError where the resource does not exist or has no tags */
function taggable(context: CallContext, arn: string): Tagged {
  const { type, path } = resourceOf(arn);
  if (type === "task-set") return taskSet(context, arn);
  const id = type === "capacity-provider" ? (path[0] ?? "") : arn;
  const collection = collectionOf(context, arn);
  const found = collection.get(id);
  if (!found) throw type === "cluster" ? clusterNotFound() : notFound();
  return { tags: found.tags, set: (tags) => void collection.patch(id, { tags }) };
}

const notFound = () => invalidParameter(TEXTS.resourceNotFound());

function taskSet({ store }: CallContext, arn: string): Tagged {
  const found = findTaskSetByArn(store, arn);
  if (!found) throw notFound();
  const { service, set } = found;
  return {
    tags: set.taskSet.tags,
    set: (tags) => {
      const tagged = { ...set, taskSet: { ...set.taskSet, tags } };
      const deployments = service.deployments.map((it) => (it.id === set.id ? tagged : it));
      store.of(ecsServices).patch(service.arn, { deployments });
    },
  };
}

function collectionOf(context: CallContext, arn: string): Collection<{ tags: Tags }> {
  const { type, path } = resourceOf(arn);
  switch (type) {
    case "capacity-provider":
      return context.store.of(capacityProviders) as Collection<{ tags: Tags }>;
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
    return { tags: fromTags(taggable(context, resourceArn).tags) };
  },

  TagResource({ resourceArn, tags }, context) {
    const resource = taggable(context, resourceArn);
    resource.set(mergeTags(resource.tags, toTags(tags)));
    return {};
  },

  UntagResource({ resourceArn, tagKeys }, context) {
    const resource = taggable(context, resourceArn);
    resource.set(resource.tags.filter(({ key }) => !tagKeys.includes(key)));
    return {};
  },
};
