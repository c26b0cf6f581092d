import type { Tag } from "@aws-sdk/client-codebuild";
import { layTags, type TagRules } from "../kit/tags.ts";
import { invalidInput } from "./faults.ts";
import type { Tags } from "./state.ts";

const RULES: TagRules = {
  reserved: () => invalidInput("Invalid tags: tag keys that begin with aws: are reserved for AWS"),
  twice: (key) => invalidInput(`Invalid tags: the tag key ${key} is given more than once`),
  tooMany: () => invalidInput("Invalid tags: a project can have at most 50 tags"),
};

/** Tags as a caller gives them, all of them. @throws AwsError `InvalidInputException` */
export const readTags = (given: readonly Tag[] = []): Tags =>
  layTags(
    [],
    given.map(({ key, value }) => ({ Key: key, Value: value })),
    RULES,
  ).map(({ Key: key, Value: value }) => ({ key, value }));
