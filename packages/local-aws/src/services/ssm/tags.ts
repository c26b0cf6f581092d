import type { Tag } from "@aws-sdk/client-ssm";
import type { Handlers } from "../../protocol/typed.ts";
import { unsupported } from "../kit/faults.ts";
import { layTags, type TagRules } from "../kit/tags.ts";
import type { CallContext } from "../service.ts";
import { invalidResource, tooManyTags, validation } from "./faults.ts";
import { arnOf, checkAccess } from "./names.ts";
import { parameters, type StoredParameter } from "./state.ts";

export const tagHandlers: Handlers<typeof import("@aws-sdk/client-ssm"), CallContext> = {
  AddTagsToResource(input, context) {
    const { name, tags } = tagged(context, input, "AddTagsToResource");
    context.store.of(parameters).patch(name, { tags: withTags(tags, input.Tags) });
    return {};
  },

  RemoveTagsFromResource(input, context) {
    const { name, tags } = tagged(context, input, "RemoveTagsFromResource");
    const left = tags.filter(({ Key }) => !input.TagKeys.includes(Key));
    context.store.of(parameters).patch(name, { tags: left });
    return {};
  },

  ListTagsForResource: (input, context) => ({
    TagList: tagged(context, input, "ListTagsForResource").tags.map((tag) => ({ ...tag })),
  }),
};

function tagged(
  context: CallContext,
  { ResourceType, ResourceId }: { ResourceType: string; ResourceId: string },
  operation: string,
): Readonly<StoredParameter> {
  if (ResourceType !== "Parameter")
    throw unsupported(`tags of a ${ResourceType} of Systems Manager`);
  checkAccess(context, operation, arnOf(context, ResourceId));
  const found = context.store.of(parameters).get(ResourceId);
  if (!found)
    throw invalidResource(
      "The resource ID isn't valid. Verify that you entered the correct ID and try again.",
    );
  return found;
}

const RULES: TagRules = {
  reserved: () => validation("Tag keys that begin with aws: are reserved for AWS."),
  twice: (key) => validation(`The tag key ${key} is given more than once.`),
  tooMany: () =>
    tooManyTags(
      "The Targets parameter includes too many tags. Remove one or more tags and try the command again.",
    ),
};

/**
 * The tags of a parameter with `given` laid over them.
 * @throws AwsError `ValidationException`, `TooManyTagsError`
 */
export const withTags = (before: StoredParameter["tags"], given: readonly Tag[]) =>
  layTags(before, given, RULES);
