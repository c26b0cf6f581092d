import { AwsError } from "../../protocol/aws-error.ts";
import { invalidInput, limitExceeded } from "./faults.ts";
import type { Tags } from "./state.ts";

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/id_tags.html#id_tags_rules */
const MAX_TAGS = 50;

interface TagInput {
  Key: string | undefined;
  Value: string | undefined;
}

/**
 * `tags` with those of `added` laid over them; keys differ by more than case.
 * @throws AwsError `InvalidInput` for a key named twice or reserved, `LimitExceeded` beyond 50
 */
export function withTags(tags: Tags, added: readonly TagInput[] | undefined): Tags {
  const merged = new Map(tags.map((tag) => [tag.Key.toLowerCase(), tag]));
  const seen = new Set<string>();
  for (const { Key = "", Value = "" } of added ?? []) {
    const key = Key.toLowerCase();
    if (key.startsWith("aws:"))
      throw new AwsError(
        "InvalidInput",
        `Tag keys beginning with "aws:" are reserved for system use.`,
      );
    if (seen.has(key))
      throw invalidInput(
        "Duplicate tag keys found. Please note that Tag keys are case insensitive.",
      );
    seen.add(key);
    merged.set(key, { Key, Value });
  }
  if (merged.size > MAX_TAGS)
    throw limitExceeded("The number of tags has reached the maximum limit.");
  return [...merged.values()];
}

/** `tags` without those of these keys. */
export function withoutTags(tags: Tags, keys: readonly string[]): Tags {
  const removed = new Set(keys.map((key) => key.toLowerCase()));
  return tags.filter(({ Key }) => !removed.has(Key.toLowerCase()));
}
