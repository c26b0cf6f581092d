import type { Tag } from "@aws-sdk/client-eventbridge";
import type { Handlers } from "../../protocol/typed.ts";
import { layTags, type TagRules } from "../kit/tags.ts";
import type { CallContext } from "../service.ts";
import { limitExceeded, notFound, validation } from "./faults.ts";
import { busArn, findBus } from "./find.ts";
import { eventBuses, eventRules, type EventBus } from "./state.ts";

export const tagHandlers: Handlers<typeof import("@aws-sdk/client-eventbridge"), CallContext> = {
  TagResource({ ResourceARN, Tags }, context) {
    const { tags, keep } = tagged(context, ResourceARN);
    keep(withTags(tags, Tags));
    return {};
  },

  UntagResource({ ResourceARN, TagKeys }, context) {
    const { tags, keep } = tagged(context, ResourceARN);
    keep(tags.filter(({ Key }) => !TagKeys.includes(Key)));
    return {};
  },

  ListTagsForResource: ({ ResourceARN }, context) => ({
    Tags: tagged(context, ResourceARN).tags.map((tag) => ({ ...tag })),
  }),
};

/** The tags of a bus or a rule, and how to keep others. @throws AwsError `ResourceNotFoundException` */
function tagged({ store }: CallContext, arn: string) {
  const rule = store.of(eventRules).get(arn);
  if (rule)
    return {
      tags: rule.tags,
      keep: (tags: EventBus["tags"]) => void store.of(eventRules).patch(arn, { tags }),
    };
  const name = arn.slice(arn.indexOf("/") + 1);
  const bus = arn === busArn(store, name) ? findBus(store, name) : undefined;
  if (!bus) {
    const [kind, ...rest] = arn.split(":").at(-1)!.split("/");
    const what =
      kind === "rule"
        ? `Rule ${rest.at(-1)} does not exist on EventBus ${rest.at(-2) ?? "default"}.`
        : `Event bus ${name} does not exist.`;
    throw notFound(what);
  }
  return {
    tags: bus.tags,
    keep: (tags: EventBus["tags"]) => void store.of(eventBuses).put(name, { ...bus, tags }),
  };
}

const RULES: TagRules = {
  reserved: () =>
    validation("System tags cannot be added/updated by requester: keys must not begin with aws:."),
  twice: (key) => validation(`The tag key ${key} is given more than once.`),
  tooMany: () => limitExceeded("The requested resource exceeds the maximum number allowed."),
};

/**
 * The tags of a bus or a rule with `given` laid over them.
 * @throws AwsError `ValidationException`, `LimitExceededException`
 */
export const withTags = (before: EventBus["tags"], given: readonly Tag[]) =>
  layTags(before, given, RULES);
