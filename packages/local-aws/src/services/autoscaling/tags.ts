import type { Tag, TagDescription } from "@aws-sdk/client-auto-scaling";
import { cutPage } from "../kit/pages.ts";
import { invalidNextToken, validationError } from "./faults.ts";
import { requireGroup } from "./find.ts";
import { tagsOf } from "./group-view.ts";
import type { AutoScalingHandlers } from "./handlers.ts";
import { autoScalingGroups, type GroupTag } from "./state.ts";

const MOST_TAGS = 50;

/** Tags as they are stored. @throws AwsError for tags of another resource, or too many */
export function toTags(given: readonly Tag[] | undefined, name: string): GroupTag[] {
  const tags = (given ?? []).map(
    ({ ResourceId, ResourceType, Key = "", Value = "", PropagateAtLaunch }) => {
      if (ResourceId !== undefined && ResourceId !== name)
        throw validationError(`The tag '${Key}' is of another group: '${ResourceId}'`);
      if (ResourceType !== undefined && ResourceType !== "auto-scaling-group")
        throw validationError(`'${ResourceType}' is not a valid tag resource type`);
      if (Key.toLowerCase().startsWith("aws:"))
        throw validationError(`Tag keys starting with 'aws:' are reserved for internal use`);
      return { key: Key, value: Value, propagateAtLaunch: PropagateAtLaunch ?? false };
    },
  );
  if (tags.length > MOST_TAGS) throw validationError("Tag limit exceeded");
  return tags;
}

/** Tags of groups. https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-tagging.html */
export const tagHandlers = {
  CreateOrUpdateTags({ Tags = [] }, { store }) {
    for (const tag of Tags) {
      const group = requireGroup(store, tag.ResourceId ?? "");
      const others = group.tags.filter(({ key }) => key !== tag.Key);
      store
        .of(autoScalingGroups)
        .patch(group.name, { tags: [...others, ...toTags([tag], group.name)] });
    }
    return {};
  },

  DeleteTags({ Tags = [] }, { store }) {
    for (const { ResourceId = "", Key, Value } of Tags) {
      const group = requireGroup(store, ResourceId);
      const tags = group.tags.filter(
        ({ key, value }) => key !== Key || (Value !== undefined && Value !== value),
      );
      store.of(autoScalingGroups).patch(group.name, { tags });
    }
    return {};
  },

  DescribeTags(input, { store }) {
    const read: Readonly<Record<string, (tag: TagDescription) => string>> = {
      "auto-scaling-group": ({ ResourceId = "" }) => ResourceId,
      key: ({ Key = "" }) => Key,
      value: ({ Value = "" }) => Value,
      "propagate-at-launch": ({ PropagateAtLaunch }) => String(PropagateAtLaunch),
    };
    const tests = (input.Filters ?? []).map(({ Name = "", Values = [] }) => {
      const reader = read[Name];
      if (!reader) throw validationError(`Filter type ${Name} is not correct.`);
      return (tag: TagDescription) => Values.includes(reader(tag));
    });
    const found = store
      .of(autoScalingGroups)
      .values()
      .flatMap(tagsOf)
      .filter((tag) => tests.every((passes) => passes(tag)));
    const { items, next } = cutPage(found, {
      key: ({ ResourceId, Key }) => `${ResourceId} ${Key}`,
      size: input.MaxRecords ?? 50,
      token: input.NextToken,
      of: "tags",
      invalid: invalidNextToken,
    });
    return { Tags: items, NextToken: next };
  },
} satisfies AutoScalingHandlers;
