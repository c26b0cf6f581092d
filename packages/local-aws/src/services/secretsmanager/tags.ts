import type { Tag } from "@aws-sdk/client-secrets-manager";
import type { Handlers } from "../../protocol/typed.ts";
import { layTags, type TagRules } from "../kit/tags.ts";
import type { CallContext } from "../service.ts";
import { invalidParameter, limitExceeded } from "./faults.ts";
import { needKept } from "./find.ts";
import { secrets, type Secret } from "./state.ts";

export const tagHandlers: Handlers<typeof import("@aws-sdk/client-secrets-manager"), CallContext> =
  {
    TagResource({ SecretId, Tags }, context) {
      const secret = needKept(context, SecretId, "TagResource");
      context.store.of(secrets).patch(secret.name, { tags: withTags(secret.tags, Tags) });
      return {};
    },

    UntagResource({ SecretId, TagKeys }, context) {
      const secret = needKept(context, SecretId, "UntagResource");
      const tags = secret.tags.filter(({ Key }) => !TagKeys.includes(Key));
      context.store.of(secrets).patch(secret.name, { tags });
      return {};
    },
  };

/** https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_TagResource.html */
const RULES: TagRules = {
  reserved: () => invalidParameter("Tag keys that begin with aws: are reserved for AWS."),
  twice: (key) => invalidParameter(`The tag key ${key} is given more than once.`),
  tooMany: () => limitExceeded("A secret can have at most 50 tags."),
};

/**
 * The tags of a secret with `given` laid over them.
 * @throws AwsError `InvalidParameterException`, `LimitExceededException`
 */
export const withTags = (before: Secret["tags"], given: readonly Tag[]) =>
  layTags(before, given, RULES);
