import type { CallContext } from "../service.ts";
import { resourceNotFound, tooManyTags, validation } from "./faults.ts";
import type { ScalingHandlers } from "./handlers.ts";
import { keyOf, scalableTargets, type ScalableTarget } from "./state.ts";
import { TEXTS } from "./texts.ts";

const MOST_TAGS = 50;

/** Tags of scalable targets: policies and scheduled actions have none. */
export const tagHandlers: ScalingHandlers = {
  TagResource({ ResourceARN, Tags }, context) {
    const target = needTarget(context, ResourceARN);
    const tags = { ...target.tags, ...Tags };
    checkTags(tags, ResourceARN);
    context.store.of(scalableTargets).patch(keyOf(target), { tags });
    return {};
  },

  UntagResource({ ResourceARN, TagKeys }, context) {
    const target = needTarget(context, ResourceARN);
    const left = Object.entries(target.tags).filter(([key]) => !TagKeys.includes(key));
    context.store.of(scalableTargets).patch(keyOf(target), { tags: Object.fromEntries(left) });
    return {};
  },

  ListTagsForResource({ ResourceARN }, context) {
    return { Tags: { ...needTarget(context, ResourceARN).tags } };
  },
};

/** @throws AwsError `TooManyTagsException`, `ValidationException` */
export function checkTags(tags: Readonly<Record<string, string>>, arn: string): void {
  if (Object.keys(tags).length > MOST_TAGS) throw tooManyTags(arn);
  const reserved = Object.keys(tags).find((key) => key.toLowerCase().startsWith("aws:"));
  if (reserved !== undefined) throw validation(TEXTS.reservedTag({ key: reserved }));
}

function needTarget({ store }: CallContext, arn: string): Readonly<ScalableTarget> {
  const target = store.of(scalableTargets).find((it) => it.arn === arn);
  if (!target) throw resourceNotFound(arn);
  return target;
}
