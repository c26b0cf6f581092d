import type { Tag } from "@aws-sdk/client-kms";
import type { Handlers } from "../../protocol/typed.ts";
import { layTags, type TagRules } from "../kit/tags.ts";
import type { CallContext } from "../service.ts";
import { ownKey } from "./access.ts";
import { limitExceeded, tagFault } from "./faults.ts";
import { needKept } from "./find.ts";
import { page } from "./pages.ts";
import { keys, type Key } from "./state.ts";

export const tagHandlers: Handlers<typeof import("@aws-sdk/client-kms"), CallContext> = {
  TagResource({ KeyId, Tags }, context) {
    const key = needKept(ownKey(context, KeyId, "TagResource"));
    context.store.of(keys).patch(key.id, { tags: withTags(key.tags, Tags) });
    return {};
  },

  UntagResource({ KeyId, TagKeys }, context) {
    const key = needKept(ownKey(context, KeyId, "UntagResource"));
    const tags = key.tags.filter(({ TagKey }) => !TagKeys.includes(TagKey));
    context.store.of(keys).patch(key.id, { tags });
    return {};
  },

  ListResourceTags({ KeyId, Limit = 50, Marker }, context) {
    const { tags } = ownKey(context, KeyId, "ListResourceTags");
    const { items, ...rest } = page(tags, ({ TagKey }) => TagKey, { Limit, Marker }, "tags");
    return { Tags: items, ...rest };
  },
};

/** https://docs.aws.amazon.com/kms/latest/developerguide/tagging-keys.html */
const RULES: TagRules = {
  reserved: () => tagFault("Tags beginning with aws: are reserved"),
  twice: () => tagFault("Duplicate tag keys"),
  tooMany: () => limitExceeded("Too many tags"),
};

const toTag = ({ TagKey, TagValue }: Partial<Tag>) => ({
  Key: TagKey ?? "",
  Value: TagValue ?? "",
});

/**
 * The tags of a key with `given` laid over them.
 * @throws AwsError `TagException`, `LimitExceededException`
 */
export function withTags(before: Key["tags"], given: readonly Tag[]): Key["tags"] {
  const laid = layTags(before.map(toTag), given.map(toTag), RULES);
  return laid.map(({ Key, Value }) => ({ TagKey: Key, TagValue: Value }));
}
