import type { Tag } from "@aws-sdk/client-cloudwatch";
import type { Handlers } from "../../protocol/typed.ts";
import type { Kind } from "../../store/kind.ts";
import { layTags, type TagRules } from "../kit/tags.ts";
import type { CallContext } from "../service.ts";
import { invalidValue, resourceMissing } from "./faults.ts";
import { alarms, dashboards, type Alarm } from "./state.ts";

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_TagResource.html */
export const tagHandlers: Handlers<typeof import("@aws-sdk/client-cloudwatch"), CallContext> = {
  TagResource({ ResourceARN, Tags }, context) {
    const { kind, name, tags } = needByArn(context, ResourceARN);
    context.store.of(kind).patch(name, { tags: withTags(tags, Tags) });
    return {};
  },

  UntagResource({ ResourceARN, TagKeys }, context) {
    const { kind, name, tags } = needByArn(context, ResourceARN);
    const left = tags.filter(({ Key }) => !TagKeys.includes(Key));
    context.store.of(kind).patch(name, { tags: left });
    return {};
  },

  ListTagsForResource: ({ ResourceARN }, context) => ({
    Tags: [...needByArn(context, ResourceARN).tags],
  }),
};

interface Tagged {
  readonly name: string;
  readonly arn: string;
  readonly tags: Alarm["tags"];
}

function needByArn({ store }: CallContext, arn: string): Tagged & { kind: Kind<Tagged> } {
  for (const kind of [alarms, dashboards] as unknown as Kind<Tagged>[]) {
    const found = store.of(kind).find((it) => it.arn === arn);
    if (found) return { ...found, kind };
  }
  throw resourceMissing(arn.includes(":dashboard/") ? "dashboard" : "alarm", arn);
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
