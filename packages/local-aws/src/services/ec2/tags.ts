import type { Tag, TagSpecification, TagDescription } from "@aws-sdk/client-ec2";
import { AwsError } from "../../protocol/aws-error.ts";
import type { Scope } from "../../store/store.ts";
import { invalidParameterValue } from "./faults.ts";
import type { Tags } from "./state.ts";
import { paginate } from "./describe.ts";
import { toFilterTest } from "./filters.ts";
import type { Ec2Handlers } from "./handlers.ts";
import { RESOURCE_TYPES, requireResource, type ResourceType } from "./resources.ts";

/** https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_Tags.html#tag-restrictions */
const MAX_TAGS = 50;
const MAX_KEY_LENGTH = 128;
const MAX_VALUE_LENGTH = 256;

/** Tags as the API lists them. */
export function toTagList(tags: Tags): Tag[] {
  return Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
}

/**
 * The tags that a create operation gives to the resource it makes.
 * @param type the only resource type that the operation can tag
 * @throws AwsError where a specification is for another type, or a tag breaks EC2's rules
 */
export function tagsFromSpecifications(
  specifications: readonly TagSpecification[] | undefined,
  type: string,
): Tags {
  let tags: Tags = {};
  for (const { ResourceType, Tags: list } of specifications ?? []) {
    if (ResourceType !== type)
      throw invalidParameterValue(
        `'${ResourceType}' is not a valid taggable resource type for this operation.`,
      );
    if (!list?.length) throw invalidParameterValue("Tag specification must have at least one tag");
    tags = withTags(tags, list);
  }
  return tags;
}

/** `tags` with those of `added` laid over them. Throws where EC2's restrictions on tags are broken. */
function withTags(tags: Tags, added: readonly Tag[]): Tags {
  for (const { Key: key, Value: value = "" } of added) {
    if (key === undefined || key === "")
      throw invalidParameterValue("Tag key cannot be null or empty");
    if (key.length > MAX_KEY_LENGTH)
      throw invalidParameterValue(
        `Tag key exceeds the maximum length of ${MAX_KEY_LENGTH} characters`,
      );
    if (value.length > MAX_VALUE_LENGTH)
      throw invalidParameterValue(
        `Tag value exceeds the maximum length of ${MAX_VALUE_LENGTH} characters`,
      );
    if (key.toLowerCase().startsWith("aws:"))
      throw invalidParameterValue(`Tag keys starting with 'aws:' are reserved for internal use`);
  }
  const merged = {
    ...tags,
    ...Object.fromEntries(added.map(({ Key, Value }) => [Key, Value ?? ""])),
  };
  if (Object.keys(merged).filter((key) => !key.startsWith("aws:")).length > MAX_TAGS)
    throw new AwsError(
      "TagLimitExceeded",
      "The maximum number of Tags for a resource has been reached.",
    );
  return merged;
}

/** `tags` without those named; one with a value goes only if its value is that. */
function withoutTags(tags: Tags, removed: readonly Tag[] | undefined): Tags {
  const goes = (key: string, value: string) =>
    removed
      ? removed.some((tag) => tag.Key === key && (tag.Value === undefined || tag.Value === value))
      : !key.startsWith("aws:");
  return Object.fromEntries(Object.entries(tags).filter(([key, value]) => !goes(key, value)));
}

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

/** What names a tag among all. */
const tagKey = ({ ResourceId, Key }: TagDescription) => `${ResourceId} ${Key}`;

/** Tags of resources of every type. */
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
