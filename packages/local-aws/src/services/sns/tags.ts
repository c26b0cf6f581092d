import type { Tag } from "@aws-sdk/client-sns";
import type { Handlers } from "../../protocol/typed.ts";
import { layTags, type TagRules } from "../kit/tags.ts";
import type { CallContext } from "../service.ts";
import { invalidParameter, noResource, tagLimit } from "./faults.ts";
import { checkAccess, topicOfArn, type FoundTopic } from "./find.ts";
import { topics, type Topic } from "./state.ts";

export const tagHandlers: Handlers<typeof import("@aws-sdk/client-sns"), CallContext> = {
  TagResource({ ResourceArn, Tags }, context) {
    const { topic, store } = needTagged(context, ResourceArn, "TagResource");
    store.of(topics).patch(topic.name, { tags: withTags(topic.tags, Tags) });
    return {};
  },

  UntagResource({ ResourceArn, TagKeys }, context) {
    const { topic, store } = needTagged(context, ResourceArn, "UntagResource");
    const tags = topic.tags.filter(({ Key }) => !TagKeys.includes(Key));
    store.of(topics).patch(topic.name, { tags });
    return {};
  },

  ListTagsForResource({ ResourceArn }, context) {
    const { tags } = needTagged(context, ResourceArn, "ListTagsForResource").topic;
    return { Tags: tags.map((tag) => ({ ...tag })) };
  },
};

function needTagged(context: CallContext, arn: string, operation: string): FoundTopic {
  const found = topicOfArn(context.cloud, arn);
  checkAccess(context, operation, arn, found?.topic);
  if (!found) throw noResource();
  return found;
}

/** https://docs.aws.amazon.com/sns/latest/dg/sns-tags.html */
const RULES: TagRules = {
  reserved: () => invalidParameter("Tags Reason: Tag keys that begin with aws: are reserved"),
  twice: () => invalidParameter("Duplicated keys are not allowed."),
  tooMany: tagLimit,
};

/** The tags of a topic with `given` laid over them. @throws AwsError `InvalidParameterException`, `TagLimitExceededException` */
export const withTags = (before: Topic["tags"], given: readonly Tag[]) =>
  layTags(before, given, RULES);
