import { layTags, type TagRules } from "../kit/tags.ts";
import { invalidInput, limitExceeded } from "./faults.ts";
import type { Tags } from "./state.ts";

/** Keys differ by more than case: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_tags.html#id_tags_rules */
const RULES: TagRules = {
  reserved: () => invalidInput(`Tag keys beginning with "aws:" are reserved for system use.`),
  twice: () =>
    invalidInput("Duplicate tag keys found. Please note that Tag keys are case insensitive."),
  tooMany: () => limitExceeded("The number of tags has reached the maximum limit."),
  same: (key) => key.toLowerCase(),
};

interface TagInput {
  Key: string | undefined;
  Value: string | undefined;
}

/**
 * `tags` with those of `added` laid over them.
 * @throws AwsError `InvalidInput` for a key named twice or reserved, `LimitExceeded` beyond 50
 */
export function withTags(tags: Tags, added: readonly TagInput[] | undefined): Tags {
  return layTags(tags, added ?? [], RULES);
}

/** `tags` without those of these keys. */
export function withoutTags(tags: Tags, keys: readonly string[]): Tags {
  const removed = new Set(keys.map((key) => key.toLowerCase()));
  return tags.filter(({ Key }) => !removed.has(Key.toLowerCase()));
}
