import type { Tag } from "@aws-sdk/client-cloudwatch";
import type { Handlers } from "../../protocol/typed.ts";
import { layTags, type TagRules } from "../kit/tags.ts";
import type { CallContext } from "../service.ts";
import { invalidValue, resourceMissing } from "./faults.ts";
import { alarms, type Alarm } from "./state.ts";

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_TagResource.html */
export const tagHandlers: Handlers<typeof import("@aws-sdk/client-cloudwatch"), CallContext> = {
  TagResource({ ResourceARN, Tags }, context) {
    const alarm = needByArn(context, ResourceARN);
    context.store.of(alarms).patch(alarm.name, { tags: withTags(alarm.tags, Tags) });
    return {};
  },

  UntagResource({ ResourceARN, TagKeys }, context) {
    const alarm = needByArn(context, ResourceARN);
    const tags = alarm.tags.filter(({ Key }) => !TagKeys.includes(Key));
    context.store.of(alarms).patch(alarm.name, { tags });
    return {};
  },

  ListTagsForResource: ({ ResourceARN }, context) => ({
    Tags: [...needByArn(context, ResourceARN).tags],
  }),
};

function needByArn({ store }: CallContext, arn: string): Readonly<Alarm> {
  const alarm = store.of(alarms).find((it) => it.arn === arn);
  if (!alarm) throw resourceMissing("alarm", arn);
  return alarm;
}

const RULES: TagRules = {
  reserved: () => invalidValue("Tag keys that begin with aws: are reserved for AWS."),
  twice: (key) => invalidValue(`The tag key ${key} is given more than once.`),
  tooMany: () => invalidValue("A resource can have at most 50 tags."),
};

/**
 * The tags of a resource with `given` laid over them.
 * @throws AwsError `InvalidParameterValueException`
 */
export const withTags = (before: Alarm["tags"], given: readonly Tag[]) =>
  layTags(before, given, RULES);
