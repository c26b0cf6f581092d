import { invalidParameter } from "./faults.ts";
import type { Tags } from "./state.ts";

/** Most tags that a resource can have, https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-using-tags.html */
const MOST_TAGS = 50;

type GivenTags = readonly { readonly key?: string; readonly value?: string }[];

/** Tags as they are stored. @throws AwsError `InvalidParameterException` for reserved, repeated or too many keys */
export function toTags(given: GivenTags | undefined): Tags {
  const tags = (given ?? []).map(({ key, value }) => ({ key: key ?? "", value: value ?? "" }));
  for (const { key } of tags) {
    if (key === "") throw invalidParameter("Tag key must not be blank.");
    if (key.toLowerCase().startsWith("aws:"))
      throw invalidParameter("Tag keys cannot start with the reserved prefix 'aws:'.");
  }
  if (new Set(tags.map(({ key }) => key)).size < tags.length)
    throw invalidParameter("Duplicate tag keys found.");
  return limited(tags);
}

/** `tags` with `added` laid over them. @throws AwsError where that makes too many */
export function mergeTags(tags: Tags, added: Tags): Tags {
  const replaced = new Set(added.map(({ key }) => key));
  return limited([...tags.filter(({ key }) => !replaced.has(key)), ...added]);
}

/** A copy that the SDK's types accept. */
export const fromTags = (tags: Tags) => tags.map((tag) => ({ ...tag }));

function limited(tags: Tags): Tags {
  if (tags.length > MOST_TAGS)
    throw invalidParameter(`The maximum number of tags for a resource is ${MOST_TAGS}.`);
  return tags;
}
