import type { TagDescription } from "@aws-sdk/client-ec2";
import { AwsError } from "../../protocol/aws-error.ts";
import type { Scope } from "../../store/store.ts";
import { paginate } from "./describe.ts";
import { toFilterTest } from "./filters.ts";
import type { Ec2Handlers } from "./handlers.ts";
import { RESOURCE_TYPES, requireResource, type ResourceType } from "./resources.ts";
import type { Tags } from "./state.ts";
import { withoutTags, withTags } from "./tags.ts";

/** The type that an id belongs to. Throws where no type has such ids, or there is no such resource. */
function requireTyped(
  scope: Scope,
  id: string,
): { type: ResourceType<{ tags: Tags }>; tags: Tags } {
  const prefix = id.slice(0, id.lastIndexOf("-"));
  const type = RESOURCE_TYPES.find((candidate) => candidate.prefix === prefix);
  if (!type) throw new AwsError("InvalidID", `The ID '${id}' is not valid`);
  return { type, tags: requireResource(scope, type, id).tags };
}

function tagDescriptions(scope: Scope): TagDescription[] {
  return RESOURCE_TYPES.flatMap(({ type, kind }) =>
    scope
      .of(kind)
      .ids()
      .flatMap((ResourceId) =>
        Object.entries(scope.of(kind).get(ResourceId)?.tags ?? {}).map(([Key, Value]) => ({
          Key,
          ResourceId,
          ResourceType: type as NonNullable<TagDescription["ResourceType"]>,
          Value,
        })),
      ),
  );
}

/** Tags of resources of every type. */
/** What names a tag among all. */
const tagKey = ({ ResourceId, Key }: TagDescription) => `${ResourceId} ${Key}`;

export const tagHandlers = {
  CreateTags(input, { store }) {
    for (const id of input.Resources) {
      const { type, tags } = requireTyped(store, id);
      store.of(type.kind).patch(id, { tags: withTags(tags, input.Tags) });
    }
    return {};
  },

  DeleteTags(input, { store }) {
    for (const id of input.Resources) {
      const { type, tags } = requireTyped(store, id);
      store.of(type.kind).patch(id, { tags: withoutTags(tags, input.Tags) });
    }
    return {};
  },

  DescribeTags(input, { store }) {
    const matches = toFilterTest<TagDescription>(
      input.Filters,
      {
        key: ({ Key }) => Key,
        "resource-id": ({ ResourceId }) => ResourceId,
        "resource-type": ({ ResourceType }) => ResourceType,
        value: ({ Value }) => Value,
      },
      store,
      // `tag:<key>` compares the value of that one tag.
      ({ Key = "", Value = "" }) => ({ [Key]: Value }),
    );
    const { items, NextToken } = paginate(
      tagDescriptions(store).filter(matches),
      input,
      "tag",
      tagKey,
    );
    return { Tags: [...items], NextToken };
  },
} satisfies Ec2Handlers;
