import type { Tag } from "@aws-sdk/client-ecr";
import { AwsError } from "../../protocol/aws-error.ts";
import type { Repository } from "./state.ts";

/** https://docs.aws.amazon.com/AmazonECR/latest/userguide/ecr-using-tags.html */
const MOST_TAGS = 50;
const LONGEST_KEY = 128;
const LONGEST_VALUE = 256;
const CHARACTERS = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u;

/**
 * The tags of a repository with `given` laid over them.
 * @throws AwsError `InvalidTagParameterException`, `TooManyTagsException`
 */
export function withTags(before: Repository["tags"], given: readonly Tag[]): Repository["tags"] {
  const merged = new Map(before.map(({ Key, Value }) => [Key, Value]));
  const keys = new Set<string>();
  for (const { Key = "", Value = "" } of given) {
    if (Key === "" || Key.length > LONGEST_KEY || Value.length > LONGEST_VALUE)
      throw invalidTag(
        "An invalid parameter has been specified. Tag keys can have a maximum character length of 128 characters, and tag values can have a maximum length of 256 characters.",
      );
    if (!CHARACTERS.test(Key) || !CHARACTERS.test(Value))
      throw invalidTag(`The tag '${Key}' contains characters that tags cannot have.`);
    if (/^aws:/i.test(Key))
      throw invalidTag(`The tag key '${Key}' begins with 'aws:', which is reserved for AWS.`);
    if (keys.has(Key)) throw invalidTag(`The tag key '${Key}' is given more than once.`);
    keys.add(Key);
    merged.set(Key, Value);
  }
  if (merged.size > MOST_TAGS)
    throw new AwsError(
      "TooManyTagsException",
      "The list of tags on the repository is over the limit. The maximum number of tags that can be applied to a repository is 50.",
    );
  return [...merged].map(([Key, Value]) => ({ Key, Value }));
}

/** The code and the first text are ECR's: https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_TagResource.html */
const invalidTag = (message: string) => new AwsError("InvalidTagParameterException", message);
