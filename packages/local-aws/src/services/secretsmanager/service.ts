import { defineService } from "../service.ts";
import { taggedKind, tagsByArn } from "../kit/tagging.ts";
import { listHandlers } from "./list.ts";
import { members } from "./members.ts";
import { randomPasswordHandlers } from "./random-password.ts";
import { resourcePolicyHandlers } from "./resource-policies.ts";
import { secretValueHandlers } from "./secret-values.ts";
import { secretHandlers } from "./secrets.ts";
import { secrets } from "./state.ts";
import { tagHandlers } from "./tags.ts";

/** AWS Secrets Manager. Rotation, which needs Lambda, and replicas are not there. */
export const service = defineService({
  id: "secretsmanager",
  rights: "own",
  fault: "InternalServiceError",
  members,
  tagging: {
    kinds: [taggedKind(secrets)],
    ...tagsByArn(["SecretId", "Tags", "TagKeys"]),
  },
  handlers: {
    ...secretHandlers,
    ...secretValueHandlers,
    ...listHandlers,
    ...resourcePolicyHandlers,
    ...randomPasswordHandlers,
    ...tagHandlers,
  },
});
