import type { Members } from "../kit/members.ts";
import { defineService } from "../service.ts";
import { taggedKind, tagsByArn } from "../kit/tagging.ts";
import { listHandlers } from "./list.ts";
import { randomPasswordHandlers } from "./random-password.ts";
import { resourcePolicyHandlers } from "./resource-policies.ts";
import { secretValueHandlers } from "./secret-values.ts";
import { secretHandlers } from "./secrets.ts";
import { secrets } from "./state.ts";
import { tagHandlers } from "./tags.ts";

/** https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_Operations.html */
const members: Members = {
  refused: {
    CreateSecretRequest: "AddReplicaRegions Type",
    UpdateSecretRequest: "Type",
    PutSecretValueRequest: "RotationToken",
  },
  meaningless: [
    {
      why: [
        "There are no replicas that could be overwritten.",
        "上書きされるレプリカはありません。",
      ],
      members: { CreateSecretRequest: "ForceOverwriteReplicaSecret" },
    },
  ],
  usedIn: {},
};

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
