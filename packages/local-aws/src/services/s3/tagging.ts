import { tagsByKey } from "../iam/request-tags.ts";
import {
  taggedKind,
  toTagList,
  type TagCall,
  type Tagging,
  type TagsByKey,
} from "../kit/tagging.ts";
import type { CallContext } from "../service.ts";
import { needBucket } from "./faults.ts";
import { buckets } from "./state.ts";

/** Buckets are found in their own region. Their tags are written all at once, so what stays is written with them. */
export const tagging: Tagging<CallContext> = {
  kinds: [
    taggedKind(buckets, ({ name, account, region, settings }, _id, scope) =>
      account === scope.account
        ? { arn: `arn:aws:s3:::${name}`, region, tags: settings["tagging"] ?? [] }
        : undefined,
    ),
  ],
  tag: (arn, tags, context) => put(arn, { ...tagsOf(arn, context), ...tags }),
  untag(arn, keys, context) {
    const left = Object.entries(tagsOf(arn, context)).filter(([key]) => !keys.includes(key));
    return put(arn, Object.fromEntries(left));
  },
};

const nameOf = (arn: string) => arn.slice("arn:aws:s3:::".length);

const tagsOf = (arn: string, context: CallContext): TagsByKey =>
  tagsByKey(needBucket(context, nameOf(arn)).settings["tagging"]);

const put = (arn: string, tags: TagsByKey): TagCall => ({
  operation: "PutBucketTagging",
  input: { Bucket: nameOf(arn), Tagging: { TagSet: toTagList(tags) } },
});
